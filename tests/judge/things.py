"""What there is to be asked of. Ids, versions and addresses that are made up are never found, and nothing behind them would be judged:
these are of things that an admin has made for the judge, so that none of those that the run itself needs is lost."""

import base64
import datetime
import functools
import hashlib
import hmac
import itertools
import os
import time
import uuid

import requests
import requests.auth

# Seconds for an answer, on a machine that is busy with other things, too. schemathesis.toml has the same for what is judged.
PATIENCE = 60
# What strangers may do is limited by address; these are nobody's (RFC 5737).
ADDRESSES = itertools.cycle(f"192.0.2.{host}" for host in range(1, 255))
ADMIN = "admin@demo.test"


def ask(base, method, path, token, **more):
    headers = {"X-Forwarded-For": next(ADDRESSES)} | ({"Authorization": f"Bearer {token}"} if token else {})
    return requests.request(method, base + path, headers=headers | more.pop("headers", {}), timeout=PATIENCE, **more)


def sign_in(base, email):
    return ask(base, "POST", "/v1/sessions", None, json={"email": email, "password": os.environ["JUDGE_PASSWORD"]})


@functools.cache
def _admins_token(base):
    return {"token": sign_in(base, ADMIN).json()["token"]}


def as_admin(base, method, path, **more):
    """What an admin is answered. The judge ends sessions, too: this one is begun anew then."""
    kept = _admins_token(base)
    answer = ask(base, method, path, kept["token"], **more)
    if answer.status_code == 401:
        kept["token"] = sign_in(base, ADMIN).json()["token"]
        answer = ask(base, method, path, kept["token"], **more)
    return answer


def an_address():
    return f"{uuid.uuid4()}@example.com"


def day(ago):
    return (datetime.datetime.now(datetime.UTC).date() - datetime.timedelta(days=ago)).isoformat()


# What an admin makes, by where it is made.
NEW = {
    "/v1/admin/canned-replies": lambda: {"shortcut": uuid.uuid4().hex, "language": "en", "text": "Hello", "closing": False},
    "/v1/admin/exports": lambda: {"from": day(2), "to": day(1)},
    "/v1/admin/invitations": lambda: {"email": an_address(), "role": "advisor"},
    "/v1/admin/scenarios": lambda: {"name": f"Judged {uuid.uuid4()}"},
    "/v1/admin/tags": lambda: {"name": uuid.uuid4().hex, "mandatory": False},
    "/v1/admin/teams": lambda: {"name": f"Judged {uuid.uuid4()}"},
    "/v1/admin/users": lambda: {"email": an_address(), "name": "Judged", "role": "advisor"},
    "/v1/admin/widget-applications": lambda: {"name": f"Judged {uuid.uuid4()}", "origins": ["https://crm.example"]},
}
MADE = {}


def listed(base, place):
    answer = as_admin(base, "GET", place)
    return answer.json().get("items", []) if answer.ok else []


def make(base, place):
    before = {item["id"] for item in listed(base, place)}
    as_admin(base, "POST", place, json=NEW[place]()).raise_for_status()
    return next(item["id"] for item in listed(base, place) if item["id"] not in before)


def one_of(base, place):
    """The id of something that is there."""
    known = MADE.get((base, place))
    if all(item["id"] != known for item in listed(base, place)):
        known = MADE[base, place] = make(base, place)
    return known


def a_customer(base):
    """Somebody of whom something is held: the judge has people erased, too."""
    known = listed(base, "/v1/admin/customers?limit=100")
    return next((customer["id"] for customer in known if customer["erased_at"] is None), known[0]["id"])


def a_finished_export(base):
    """One whose file can be downloaded: it is made within seconds."""
    known = one_of(base, "/v1/admin/exports")
    for _ in range(PATIENCE):
        if as_admin(base, "GET", f"/v1/admin/exports/{known}").json()["status"] == "ready":
            break
        time.sleep(1)
    return known


def a_links_token(base):
    """The secret in a link that invites somebody."""
    made = as_admin(base, "POST", "/v1/admin/invitations", json=NEW["/v1/admin/invitations"]()).json()
    return made["path"].partition("#")[2]


def allow_closing(base):
    """A workspace begins without (R1)."""
    path = "/v1/settings/inbox-options"
    now = as_admin(base, "GET", path)
    if not now.json()["allow_manual_close"]:
        as_admin(base, "PUT", path, json={"allow_manual_close": True}, headers={"If-Match": now.headers["ETag"]})


def version_of(base, path):
    """What `If-Match` has to say of what is at a path now. What is done to a thing stands under it; some are only listed."""
    while path.count("/") > 2:
        answer = as_admin(base, "GET", path)
        if "ETag" in answer.headers:
            return answer.headers["ETag"]
        path, _, known = path.rpartition("/")
        for item in listed(base, path):
            if item.get("id") == known and "version" in item:
                return f'"{item["version"]}"'
    return None


PASSWORD = "a password of the judge's own"


def somebody(base):
    """Somebody new, whose account may be changed and locked: how they sign in."""
    address = an_address()
    new = {"email": address, "role": "advisor"}
    made = as_admin(base, "POST", "/v1/admin/invitations", json=new).json()
    link = {"token": made["path"].partition("#")[2], "name": "Judged", "password": PASSWORD}
    ask(base, "POST", "/v1/invitations/accept", None, json=link).raise_for_status()
    return {"email": address, "password": PASSWORD}


def comes_in(base, person):
    return ask(base, "POST", "/v1/sessions", None, json=person).json()["token"]


def one_time_code(secret):
    """RFC 6238: six digits, of thirty seconds."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.digest(key, int(time.time() // 30).to_bytes(8, "big"), "sha1")
    at = digest[-1] & 15
    return f"{(int.from_bytes(digest[at:at + 4], 'big') & 0x7fffffff) % 1_000_000:06}"


def with_an_authenticator(base):
    """Somebody who is about to confirm theirs: their token, and the code to do it with."""
    token = comes_in(base, somebody(base))
    enrolment = ask(base, "POST", "/v1/me/second-factor", token, json={"password": PASSWORD}).json()
    return token, one_time_code(enrolment["secret"])


def with_a_second_factor(base):
    """Somebody who has one: how they sign in, their token, and a recovery code."""
    person = somebody(base)
    token = comes_in(base, person)
    enrolment = ask(base, "POST", "/v1/me/second-factor", token, json={"password": PASSWORD}).json()
    code = {"code": one_time_code(enrolment["secret"])}
    confirmed = ask(base, "POST", "/v1/me/second-factor/confirm", token, json=code)
    confirmed.raise_for_status()
    return person, token, confirmed.json()["codes"][0]


def another_session(base):
    """The id of one of the judge's own sessions that nothing of the run goes on with."""
    token = sign_in(base, os.environ["JUDGE_EMAIL"]).json()["token"]
    sessions = ask(base, "GET", "/v1/me/sessions", token).json()["items"]
    return next(session["id"] for session in sessions if session["current"])


@functools.cache
def channel_with_a_webhook(base, _purpose):
    """The id of a channel whose provider is posted to, and the secret that it signs with."""
    types = listed(base, "/v1/admin/channel-types")
    rules = next(one["rules"] for one in types if one["type"] == "messenger")
    provider = {"type": "webhook", "url": "https://provider.example/signoff"}
    new = {"type": "messenger", "rules": rules | {"name": f"Judged {uuid.uuid4()}", "provider": provider}}
    made = as_admin(base, "POST", "/v1/admin/channels", json=new)
    made.raise_for_status()
    return made.json()["channel"]["id"], made.json()["secret"]


class Signed(requests.auth.AuthBase):
    """Signs what is sent as a provider does (docs/channels.md)."""

    def __init__(self, secret):
        self.secret = secret

    def __call__(self, request):
        body = request.body or b""
        body = body.encode() if isinstance(body, str) else body
        stamp = str(int(time.time()))
        signed = b".".join([stamp.encode(), request.path_url.partition("?")[0].encode(), body])
        request.headers["Signoff-Timestamp"] = stamp
        request.headers["Signoff-Signature"] = "v1=" + hmac.new(self.secret.encode(), signed, hashlib.sha256).hexdigest()
        return request


class As(requests.auth.AuthBase):
    """Asks as somebody else, whatever token was set before."""

    def __init__(self, token):
        self.token = token

    def __call__(self, request):
        request.headers["Authorization"] = f"Bearer {self.token}"
        return request


def an_answered_survey(base, tokens):
    """The token of one that waits for a comment."""
    for token in itertools.islice(tokens, 50):
        if ask(base, "POST", f"/v1/surveys/{token}/answer", None, json={"rating": 4}).status_code == 201:
            return token
    return next(tokens)
