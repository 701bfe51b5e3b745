"""What schemathesis does not know of this platform."""

import atexit
import collections
import functools
import itertools
import os
import sys
import threading
import uuid

import requests
import schemathesis

# Refusals that blame the shape of a request. A request that fits the document must never meet one.
BLAMES_THE_SHAPE = {"malformed-json", "invalid-body", "invalid-query"}


def is_a_page(ctx, response, case):
    """What a browser shows refuses with a page. That it may is documented by operation and status: response_schema_conformance and
    content_type_conformance hold it."""
    return response.headers["content-type"][0].startswith("text/html")


@schemathesis.check
def problems_are_problems(ctx, response, case):
    """Every refusal is a problem document with a code, whatever was asked."""
    if response.status_code < 400 or response.request.method == "HEAD" or is_a_page(ctx, response, case):
        return
    problem = response.json()
    assert response.headers["content-type"][0] == "application/problem+json", response.headers["content-type"]
    assert problem["status"] == response.status_code, "the status stands in the document, too"
    assert problem["code"], "clients act on the code"


@schemathesis.check
def what_fits_the_document_has_the_right_shape(ctx, response, case):
    """positive_data_acceptance takes 422, because states are refused with it. This is what it would have found."""
    if case.meta is None or not case.meta.generation.mode.is_positive or response.status_code not in (400, 422):
        return
    if is_a_page(ctx, response, case):
        return
    code = response.json()["code"]
    assert code not in BLAMES_THE_SHAPE, f"refused as {code}: {response.json()['detail']}"


# Seconds for an answer, on a machine that is busy with other things, too. schemathesis.toml has the same for what is judged.
PATIENCE = 60
# How often which operation answered with which status.
ANSWERED = collections.Counter()
COUNTING = threading.Lock()


@schemathesis.hook
def after_call(ctx, case, response):
    with COUNTING:
        ANSWERED[case.operation.label, response.status_code] += 1


@atexit.register
def tell_what_was_answered():
    """For xtask: whoever never gets in anywhere judges nothing."""
    with open("answered.tsv", "w", encoding="utf-8") as file:
        for (operation, status), count in sorted(ANSWERED.items()):
            file.write(f"{operation}\t{status}\t{count}\n")


# What strangers may do is limited by address; these are nobody's (RFC 5737).
ADDRESSES = itertools.cycle(f"192.0.2.{host}" for host in range(1, 255))


@schemathesis.hook("before_call").apply_to(path_regex="^/v1/(chat|sessions|invitations|single-sign-on)")
def each_from_an_address_of_its_own(ctx, case, kwargs):
    """From one alone hardly anything would be let through. Limits have tests of their own."""
    case.headers = case.headers or {}
    case.headers["X-Forwarded-For"] = next(ADDRESSES)


class Somebody:
    """Whoever asks with a bearer token that is not the judge's own."""

    def set(self, case, token, ctx):
        case.headers = case.headers or {}
        case.headers["Authorization"] = f"Bearer {token}"


@schemathesis.auth(retry_on=[401], refresh_interval=300).apply_to(path_regex="^/v1/me/(password|second-factor)")
class AColleague(Somebody):
    """Five wrong guesses lock an account for a minute, against the right password too. So what guesses a password or a code is asked as
    somebody else: the judge's own account has to stay open, since it signs out again and again."""

    def get(self, case, ctx):
        # Locked, for now: a dead token is answered as well.
        return sign_in(ctx, "bob@demo.test").get("token", "dead")


@schemathesis.auth(refresh_interval=None).apply_to(path_regex="^/v1/chat/[^/]+/.")
class AVisitor(Somebody):
    """Somebody who has just opened the chat page: what one of them may write is soon used up."""

    def get(self, case, ctx):
        return post(ctx, "/v1/chat/ch_webchat/sessions", {"name": "A judge"})["token"]


@schemathesis.auth(retry_on=[401], refresh_interval=300).apply_to(path="/v1/widget/tokens")
class AnApplication(Somebody):
    """A CRM's server."""

    def get(self, case, ctx):
        return application(ctx)


@schemathesis.auth(retry_on=[401], refresh_interval=300).apply_to(path="/v1/widget/session")
class AFrame(Somebody):
    """The widget's page in a CRM, for as long as its token lives."""

    def get(self, case, ctx):
        # The application may be gone by now: the judge gives secrets up, too.
        return post(ctx, "/v1/widget/tokens", opens(ctx), application(ctx)).get("token", "dead")


@schemathesis.auth(retry_on=[401], refresh_interval=300).skip_for(path_regex="^(/v1/channels/|/metrics)")
class TheJudge(Somebody):
    """Everywhere else. Signing out is judged, too: the token is dead then, and the next request takes a new one."""

    def get(self, case, ctx):
        return sign_in(ctx, os.environ["JUDGE_EMAIL"])["token"]


@schemathesis.hook("before_call").apply_to(method="POST", path="/v1/widget/tokens")
def of_a_conversation_that_is_there(ctx, case, kwargs):
    """Its names are opaque: made up ones are never found, and nothing behind them would be judged."""
    if isinstance(case.body, dict) and isinstance(case.body.get("conversation_id"), str):
        case.body = case.body | opens(ctx)


@schemathesis.hook("before_call").apply_to(method="POST", path="/v1/sessions")
def by_somebody_who_is_there(ctx, case, kwargs):
    """Nobody guesses a password."""
    if isinstance(case.body, dict) and all(isinstance(case.body.get(field), str) for field in ("email", "password")):
        case.body = case.body | {"email": os.environ["JUDGE_EMAIL"], "password": os.environ["JUDGE_PASSWORD"]}


@schemathesis.hook("before_call").apply_to(path_regex="^/(v1/surveys|survey)/")
def of_a_survey_that_is_there(ctx, case, kwargs):
    """One of the newest: the older ones are over."""
    case.path_parameters = case.path_parameters | {"token": next(surveys_of(base_of(ctx)))}


@schemathesis.hook("before_call").apply_to(path_regex="^/v1/conversations/{id}")
def a_conversation_that_is_there(ctx, case, kwargs):
    """Where the judge has not learnt of one from an answer."""
    if case.meta is not None and case.meta.phase.name != "stateful":
        case.path_parameters = case.path_parameters | {"id": next(conversations_of(base_of(ctx)))}


@schemathesis.hook("before_call").apply_to(path="/widget/{application}")
def of_an_application_that_is_there(ctx, case, kwargs):
    case.path_parameters = case.path_parameters | {"application": application_of(base_of(ctx))["application"]["id"]}


@functools.cache
def application_of(base):
    """An application that an admin has made for this run, and its secret."""
    admin = sign_in_at(base, "admin@demo.test")["token"]
    made = {"name": f"Judged {uuid.uuid4()}", "origins": ["https://crm.example"]}
    return post_at(base, "/v1/admin/widget-applications", made, admin)


@functools.cache
def surveys_of(base):
    """Tokens of surveys that customers were sent, the newest first, over and over."""
    key = {"Authorization": "Bearer demo-key-ch_webchat"}
    outbound = requests.get(f"{base}/v1/channels/ch_webchat/outbound?limit=500", headers=key, timeout=PATIENCE).json()
    return itertools.cycle(item["survey_token"] for item in reversed(outbound["items"]) if item["kind"] == "survey")


@functools.cache
def conversations_of(base):
    """Open ones, one after the other: what is done to one must not close it to all that is asked later."""
    admin = {"Authorization": f"Bearer {sign_in_at(base, 'admin@demo.test')['token']}"}
    page = requests.get(f"{base}/v1/conversations?tab=received&limit=100", headers=admin, timeout=PATIENCE).json()
    return itertools.cycle([item["id"] for item in page["items"]])


@functools.cache
def opens_of(base):
    """A conversation that whoever is signed in to the CRM may see."""
    admin = sign_in_at(base, "admin@demo.test")["token"]
    authorization = {"Authorization": f"Bearer {admin}"}
    page = requests.get(f"{base}/v1/conversations?tab=received&limit=1", headers=authorization, timeout=PATIENCE).json()
    return {"conversation_id": page["items"][0]["id"], "advisor": "user_admin"}


def application(ctx):
    return application_of(base_of(ctx))["secret"]


def opens(ctx):
    return opens_of(base_of(ctx))


def sign_in(ctx, email):
    return sign_in_at(base_of(ctx), email)


def sign_in_at(base, email):
    return post_at(base, "/v1/sessions", {"email": email, "password": os.environ["JUDGE_PASSWORD"]})


def post(ctx, path, body, token=None):
    return post_at(base_of(ctx), path, body, token)


def post_at(base, path, body, token=None):
    headers = {"X-Forwarded-For": next(ADDRESSES)} | ({"Authorization": f"Bearer {token}"} if token else {})
    answer = requests.post(base + path, json=body, headers=headers, timeout=PATIENCE)
    if not answer.ok:
        # Shown once the run is over, whatever becomes of it: without a way in it judges nothing.
        print(f"{path}: {answer.status_code} {answer.text}", file=sys.stderr)
    return answer.json()


def base_of(ctx):
    return ctx.operation.schema.get_base_url().rstrip("/")


@schemathesis.hook("before_call").apply_to(method="PUT", path="/v1/admin/sign-in-rules")
def nobody_has_to_have_a_second_step(ctx, case, kwargs):
    """Whoever has none could do nothing but set it up, the judge among them."""
    if isinstance(case.body, dict) and case.body.get("second_factor_required") is True:
        case.body = case.body | {"second_factor_required": False}
