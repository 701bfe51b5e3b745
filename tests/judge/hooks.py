"""What schemathesis does not know of this platform."""

import functools
import os
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


@schemathesis.auth(retry_on=[401], refresh_interval=300).apply_to(path_regex="^/v1/chat/[^/]+/.")
class AVisitor(Somebody):
    """Somebody who has opened the chat page."""

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


@schemathesis.hook("map_body").apply_to(method="POST", path="/v1/widget/tokens")
def of_a_conversation_that_is_there(ctx, body):
    """Its names are opaque: made up ones are never found, and nothing behind them would be judged."""
    if not isinstance(body, dict) or not isinstance(body.get("conversation_id"), str):
        return body
    return body | opens(ctx)


@functools.cache
def application_of(base):
    """The secret of an application that an admin has made for this run."""
    admin = sign_in_at(base, "admin@demo.test")["token"]
    made = {"name": f"Judged {uuid.uuid4()}", "origins": ["https://crm.example"]}
    return post_at(base, "/v1/admin/widget-applications", made, admin)["secret"]


@functools.cache
def opens_of(base):
    """A conversation that whoever is signed in to the CRM may see."""
    admin = sign_in_at(base, "admin@demo.test")["token"]
    authorization = {"Authorization": f"Bearer {admin}"}
    page = requests.get(f"{base}/v1/conversations?tab=received&limit=1", headers=authorization, timeout=10).json()
    return {"conversation_id": page["items"][0]["id"], "advisor": "user_admin"}


def application(ctx):
    return application_of(base_of(ctx))


def opens(ctx):
    return opens_of(base_of(ctx))


def sign_in(ctx, email):
    return sign_in_at(base_of(ctx), email)


def sign_in_at(base, email):
    return post_at(base, "/v1/sessions", {"email": email, "password": os.environ["JUDGE_PASSWORD"]})


def post(ctx, path, body, token=None):
    return post_at(base_of(ctx), path, body, token)


def post_at(base, path, body, token=None):
    # What is judged empties the allowance of the address that it comes from.
    headers = {"X-Forwarded-For": "192.0.2.1"} | ({"Authorization": f"Bearer {token}"} if token else {})
    return requests.post(base + path, json=body, headers=headers, timeout=10).json()


def base_of(ctx):
    return ctx.operation.schema.get_base_url().rstrip("/")


@schemathesis.hook("map_body").apply_to(method="PUT", path="/v1/admin/sign-in-rules")
def nobody_has_to_have_a_second_step(ctx, body):
    """Whoever has none could do nothing but set it up, the judge among them."""
    compulsory = isinstance(body, dict) and body.get("second_factor_required") is True
    return body | {"second_factor_required": False} if compulsory else body
