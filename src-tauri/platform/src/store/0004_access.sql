-- A number that changes with everything that decides who may do or see what. Whoever keeps an answer to that question in memory throws it
-- away when the number is another: a token that was taken back, a role or a team that was lost, counts from the commit on.

CREATE TABLE access (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    version INTEGER NOT NULL
) STRICT;

INSERT INTO access (only_row, version) VALUES (1, 1);

-- A new session takes nothing from anybody, so that it needs no trigger.
CREATE TRIGGER access_by_session_changed AFTER UPDATE OF token_hash, user_id, expires_at ON sessions
BEGIN
    UPDATE access SET version = version + 1;
END;
CREATE TRIGGER access_by_session_ended AFTER DELETE ON sessions
BEGIN
    UPDATE access SET version = version + 1;
END;
CREATE TRIGGER access_by_user_changed AFTER UPDATE ON users
BEGIN
    UPDATE access SET version = version + 1;
END;
CREATE TRIGGER access_by_user_gone AFTER DELETE ON users
BEGIN
    UPDATE access SET version = version + 1;
END;
CREATE TRIGGER access_by_team_joined AFTER INSERT ON user_teams
BEGIN
    UPDATE access SET version = version + 1;
END;
CREATE TRIGGER access_by_team_changed AFTER UPDATE ON user_teams
BEGIN
    UPDATE access SET version = version + 1;
END;
CREATE TRIGGER access_by_team_left AFTER DELETE ON user_teams
BEGIN
    UPDATE access SET version = version + 1;
END;
CREATE TRIGGER access_by_channel_joined AFTER INSERT ON user_channels
BEGIN
    UPDATE access SET version = version + 1;
END;
CREATE TRIGGER access_by_channel_changed AFTER UPDATE ON user_channels
BEGIN
    UPDATE access SET version = version + 1;
END;
CREATE TRIGGER access_by_channel_left AFTER DELETE ON user_channels
BEGIN
    UPDATE access SET version = version + 1;
END;
CREATE TRIGGER access_by_team_renamed AFTER UPDATE ON teams
BEGIN
    UPDATE access SET version = version + 1;
END;
