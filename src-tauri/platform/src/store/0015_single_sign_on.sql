-- Where people sign in instead of here: the workspace's OpenID Connect provider, and who is who there.

CREATE TABLE single_sign_on (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    enabled INTEGER NOT NULL,
    name TEXT NOT NULL,
    issuer TEXT NOT NULL,
    client_id TEXT NOT NULL,
    client_secret TEXT NOT NULL,
    address TEXT NOT NULL,
    domains TEXT NOT NULL,
    adds_people INTEGER NOT NULL,
    passwords_allowed INTEGER NOT NULL
) STRICT;

INSERT INTO single_sign_on
    (only_row, enabled, name, issuer, client_id, client_secret, address, domains, adds_people, passwords_allowed)
VALUES (1, 0, '', '', '', '', '', '[]', 0, 1);

CREATE TABLE provider_subjects (
    issuer TEXT NOT NULL,
    subject TEXT NOT NULL,
    user_id TEXT NOT NULL REFERENCES users (id),
    bound_at INTEGER NOT NULL,
    PRIMARY KEY (issuer, subject)
) STRICT, WITHOUT ROWID;
