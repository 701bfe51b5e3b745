"""What there is to be asked of. Ids, versions and addresses that are made up are never found, and nothing behind them would be judged:
these are of things that an admin has made for the judge, so that none of those that the run itself needs is lost."""

import datetime
import functools
import itertools
import os
import time
import uuid

import requests

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
