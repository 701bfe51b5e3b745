"""What schemathesis does not know of this platform."""

import os

import requests
import schemathesis

# Refusals that blame the shape of a request. A request that fits the document must never meet one.
BLAMES_THE_SHAPE = {"malformed-json", "invalid-body", "invalid-query"}


@schemathesis.check
def problems_are_problems(ctx, response, case):
    """Every refusal is a problem document with a code, whatever was asked."""
    if response.status_code < 400 or response.request.method == "HEAD":
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
    code = response.json()["code"]
    assert code not in BLAMES_THE_SHAPE, f"refused as {code}: {response.json()['detail']}"


@schemathesis.auth(retry_on=[401], refresh_interval=None).apply_to(path_regex="^/v1/me/(password|second-factor)")
class AColleague:
    """Five wrong guesses lock an account for a minute, against the right password too. So what guesses a password or a code is asked as
    somebody else: the judge's own account has to stay open, since it signs out again and again."""

    token = "none"

    def get(self, case, ctx):
        asked = {"email": "bob@demo.test", "password": os.environ["JUDGE_PASSWORD"]}
        answer = requests.post(ctx.operation.schema.get_base_url() + "/v1/sessions", json=asked, timeout=10)
        # Locked, for now: a dead token is answered as well.
        AColleague.token = answer.json().get("token", AColleague.token)
        return AColleague.token

    def set(self, case, data, ctx):
        case.headers = case.headers or {}
        case.headers["Authorization"] = f"Bearer {data}"


@schemathesis.hook("map_body").apply_to(method="PUT", path="/v1/admin/sign-in-rules")
def nobody_has_to_have_a_second_step(ctx, body):
    """Whoever has none could do nothing but set it up, the judge among them."""
    compulsory = isinstance(body, dict) and body.get("second_factor_required") is True
    return body | {"second_factor_required": False} if compulsory else body
