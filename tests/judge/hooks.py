"""What schemathesis does not know of this platform."""

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
