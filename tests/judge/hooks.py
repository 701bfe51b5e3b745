"""What schemathesis does not know of this platform."""

import atexit
import collections
import functools
import itertools
import os
import sys
import threading
import uuid

import schemathesis

import things

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


# The demo's.
CHANNEL_KEY = "demo-key-ch_webchat"
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


@schemathesis.hook("before_call").apply_to(path_regex="^/v1/(chat|sessions|invitations|single-sign-on)")
def each_from_an_address_of_its_own(ctx, case, kwargs):
    """From one alone hardly anything would be let through. Limits have tests of their own."""
    case.headers = case.headers or {}
    case.headers["X-Forwarded-For"] = next(things.ADDRESSES)


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
    if from_the_document(case):
        case.path_parameters = case.path_parameters | {"id": next(conversations_of(base_of(ctx)))}


@schemathesis.hook("before_call").apply_to(path_regex="^/v1/admin/[a-z-]+/{id}")
def something_that_is_there(ctx, case, kwargs):
    place = case.operation.path.partition("/{id}")[0]
    if not from_the_document(case):
        return
    if place == "/v1/admin/exports" and case.operation.path.endswith("/file"):
        known = things.a_finished_export(base_of(ctx))
    elif place in things.NEW:
        known = things.one_of(base_of(ctx), place)
    else:
        # The messenger can go: nothing else of the run needs it.
        known = things.a_customer(base_of(ctx)) if place == "/v1/admin/customers" else "ch_messenger"
    case.path_parameters = case.path_parameters | {"id": known}


@schemathesis.hook("before_call").apply_to(method="POST", path="/v1/admin/scenarios/{id}/publish")
def a_draft_without_faults(ctx, case, kwargs):
    """A new one has some: it does nothing yet."""
    if from_the_document(case):
        case.path_parameters = {"id": "scenario_messenger"}


@schemathesis.hook("before_call").apply_to(path_regex="^/v1/admin/scenarios/{id}/versions/{version}")
def a_version_that_is_there(ctx, case, kwargs):
    if from_the_document(case):
        case.path_parameters = {"id": "scenario_messenger", "version": 1}


@schemathesis.hook("before_call").apply_to(method=["POST", "PUT", "PATCH", "DELETE"])
def what_has_been_seen_and_a_key_of_its_own(ctx, case, kwargs):
    """The few keys and versions that are made up again and again are taken, or old."""
    if not is_well_formed(case) or not case.headers:
        return
    if "Idempotency-Key" in case.headers:
        case.headers["Idempotency-Key"] = str(uuid.uuid4())
    if "If-Match" in case.headers:
        seen = things.version_of(base_of(ctx), case.formatted_path)
        # What does not tell its version is changed whichever it is.
        case.headers["If-Match"] = seen or "*"


# What a body has to name so that there is such a thing, by operation.
NAMES = {
    "POST /v1/admin/canned-replies": lambda base: {"shortcut": uuid.uuid4().hex, "team_id": None},
    "PUT /v1/admin/canned-replies/{id}": lambda base: {"shortcut": uuid.uuid4().hex, "team_id": None},
    "POST /v1/admin/exports": lambda base: {"from": things.day(9), "to": things.day(1)},
    "POST /v1/admin/invitations": lambda base: {"email": things.an_address(), "teams": [], "channels": []},
    "POST /v1/admin/users": lambda base: {"email": things.an_address(), "teams": [], "channels": []},
    "PATCH /v1/admin/users/{id}": lambda base: {"email": things.an_address(), "teams": [], "channels": []},
    "POST /v1/admin/widget-applications": lambda base: {"origins": ["https://crm.example"]},
    "PUT /v1/admin/tags": lambda base: {"ids": [tag["id"] for tag in things.listed(base, "/v1/admin/tags")]},
    "PUT /v1/admin/tags/{id}": lambda base: {"name": uuid.uuid4().hex},
    "PUT /v1/admin/widget-applications/{id}": lambda base: {
        "name": f"Judged {uuid.uuid4()}",
        "origins": ["https://crm.example"],
    },
    "POST /v1/channels/{id}/deliveries": lambda base: {"reply_id": next(replies_of(base))},
    "POST /v1/invitations/accept": lambda base: {"token": things.a_links_token(base)},
    "POST /v1/invitations/look": lambda base: {"token": things.a_links_token(base)},
    "POST /v1/me/second-factor": lambda base: {"password": os.environ["JUDGE_PASSWORD"]},
    # Closing stays allowed: with it off, no closing is judged.
    "PUT /v1/settings/inbox-options": lambda base: {"allow_manual_close": True},
}


@schemathesis.hook("before_call").apply_to(method=["POST", "PUT", "PATCH"])
def names_of_what_is_there(ctx, case, kwargs):
    names = NAMES.get(case.operation.label)
    if names and is_well_formed(case) and isinstance(case.body, dict):
        case.body = case.body | names(base_of(ctx))


@schemathesis.hook("before_call").apply_to(method="POST", path_regex="^/v1/conversations/{id}/(replies|close)$")
def something_said_after_the_last_message(ctx, case, kwargs):
    """Whoever has not seen what the customer wrote last is told so (D6), and so is whoever says nothing at all (R4)."""
    if not is_well_formed(case) or not isinstance(case.body, dict):
        return
    base = base_of(ctx)
    conversation = things.as_admin(base, "GET", case.formatted_path.rpartition("/")[0]).json()
    case.body = case.body | {"last_seen_message_id": conversation.get("last_customer_message_id")}
    reply = case.body.get("reply", case.body)
    reply["text"] = reply["text"].strip() or "Thank you."
    # Files that are made up were never uploaded.
    reply.pop("attachments", None)
    things.allow_closing(base)


@schemathesis.hook("before_call").apply_to(method="POST", path="/survey/{token}")
def with_a_rating(ctx, case, kwargs):
    """The document says that a form comes, and not what is in it."""
    if is_well_formed(case):
        case.body = "rating=4"


@schemathesis.hook("before_call").apply_to(method="POST", path="/v1/surveys/{token}/comment")
def of_a_survey_that_was_answered(ctx, case, kwargs):
    """There is nothing to comment on before."""
    if is_well_formed(case):
        base = base_of(ctx)
        case.path_parameters = {"token": things.an_answered_survey(base, surveys_of(base))}


@schemathesis.hook("before_call").apply_to(method="DELETE", path="/v1/me/sessions/{id}")
def a_session_that_is_there(ctx, case, kwargs):
    if from_the_document(case):
        case.path_parameters = {"id": things.another_session(base_of(ctx))}


@schemathesis.hook("before_call").apply_to(method="POST", path="/v1/admin/channels/{id}/secret")
def a_channel_that_has_a_secret(ctx, case, kwargs):
    """Only one with a webhook has."""
    if from_the_document(case):
        case.path_parameters = {"id": things.channel_with_a_webhook(base_of(ctx), "renewed")[0]}


@schemathesis.hook("before_call").apply_to(method="POST", path="/v1/channels/{id}/webhook")
def signed_by_the_provider(ctx, case, kwargs):
    """Nobody guesses a signature, and nothing behind it would be judged. What does not fit the document comes unsigned, too."""
    if not is_well_formed(case):
        return
    channel, secret = things.channel_with_a_webhook(base_of(ctx), "signed")
    case.path_parameters = {"id": channel}
    if isinstance(case.body, dict) and isinstance(case.body.get("message"), dict):
        # Files that are made up were never uploaded.
        case.body["message"].pop("attachments", None)
    kwargs["auth"] = things.Signed(secret)


@schemathesis.hook("before_call").apply_to(method=["POST", "PUT"], path_regex="^/v1/(me/(password|second-factor/)|sessions/second-factor$)")
def by_somebody_whose_account_may_change(ctx, case, kwargs):
    """A code is good once, and a password that was changed is one that the judge does not have any more. So each asks as somebody new."""
    if not is_well_formed(case) or not isinstance(case.body, dict):
        return
    base, operation = base_of(ctx), case.operation.label
    if operation == "PUT /v1/me/password":
        token = things.comes_in(base, things.somebody(base))
        says = {"old_password": things.PASSWORD, "new_password": uuid.uuid4().hex + uuid.uuid4().hex}
    elif operation == "POST /v1/me/second-factor/confirm":
        token, code = things.with_an_authenticator(base)
        says = {"code": code}
    else:
        person, token, code = things.with_a_second_factor(base)
        says = {"password": things.PASSWORD, "code": code}
        if operation == "POST /v1/sessions/second-factor":
            challenge = things.ask(base, "POST", "/v1/sessions", None, json=person).json()["challenge"]
            says = {"challenge": challenge, "code": code}
    case.body = case.body | says
    kwargs["auth"] = things.As(token)


def is_well_formed(case):
    return case.meta is not None and case.meta.generation.mode.is_positive


def from_the_document(case):
    """Not learnt from an answer."""
    return case.meta is not None and case.meta.phase.name != "stateful"


@schemathesis.hook("before_call").apply_to(path="/widget/{application}")
def of_an_application_that_is_there(ctx, case, kwargs):
    case.path_parameters = case.path_parameters | {"application": application_of(base_of(ctx))["application"]["id"]}


@functools.cache
def application_of(base):
    """An application that an admin has made for this run, and its secret."""
    place = "/v1/admin/widget-applications"
    return things.as_admin(base, "POST", place, json=things.NEW[place]()).json()


def outbound(base, kind):
    """What customers are sent, the newest first."""
    waiting = things.ask(base, "GET", "/v1/channels/ch_webchat/outbound?limit=500", CHANNEL_KEY).json()
    return [item for item in reversed(waiting["items"]) if item["kind"] == kind]


@functools.cache
def surveys_of(base):
    """Tokens of surveys that customers were sent, over and over."""
    return itertools.cycle(item["survey_token"] for item in outbound(base, "survey"))


@functools.cache
def replies_of(base):
    """Replies that a channel has to deliver, over and over."""
    return itertools.cycle(item["id"] for item in outbound(base, "reply"))


@functools.cache
def conversations_of(base):
    """Open ones, one after the other: what is done to one must not close it to all that is asked later."""
    return itertools.cycle([item["id"] for item in things.listed(base, "/v1/conversations?tab=received&limit=100")])


@functools.cache
def opens_of(base):
    """A conversation that whoever is signed in to the CRM may see."""
    return {"conversation_id": next(conversations_of(base)), "advisor": "user_admin"}


def application(ctx):
    return application_of(base_of(ctx))["secret"]


def opens(ctx):
    return opens_of(base_of(ctx))


def sign_in(ctx, email):
    return told(things.sign_in(base_of(ctx), email))


def post(ctx, path, body, token=None):
    return told(things.ask(base_of(ctx), "POST", path, token, json=body))


def told(answer):
    if not answer.ok:
        # Shown once the run is over, whatever becomes of it: without a way in it judges nothing.
        print(f"{answer.request.path_url}: {answer.status_code} {answer.text}", file=sys.stderr)
    return answer.json()


def base_of(ctx):
    return ctx.operation.schema.get_base_url().rstrip("/")


@schemathesis.hook("before_call").apply_to(method="PUT", path="/v1/admin/sign-in-rules")
def nobody_has_to_have_a_second_step(ctx, case, kwargs):
    """Whoever has none could do nothing but set it up, the judge among them."""
    if isinstance(case.body, dict) and case.body.get("second_factor_required") is True:
        case.body = case.body | {"second_factor_required": False}
