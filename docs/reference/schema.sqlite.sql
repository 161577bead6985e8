-- The tables on SQLite, as `trialogue migrate` makes them in an empty database.
-- Written by script/schema from the models.

-- What one attempt at a model cost, whether it succeeded or not; `cost` in billionths of a US
-- dollar, null where the price is not known; `estimated` where the provider did not say.
CREATE TABLE chat_usage (
  id TEXT NOT NULL,
  workspace_id TEXT NOT NULL,
  user_id TEXT NOT NULL,
  assistant_id TEXT,
  reply_id TEXT,
  purpose VARCHAR(16) NOT NULL,
  provider VARCHAR(64) NOT NULL,
  model VARCHAR(128) NOT NULL,
  state VARCHAR(16) NOT NULL,
  input_tokens BIGINT NOT NULL,
  output_tokens BIGINT NOT NULL,
  cost BIGINT,
  estimated BOOLEAN NOT NULL,
  created_at DATETIME NOT NULL,
  CONSTRAINT pk_chat_usage PRIMARY KEY (id)
);

CREATE INDEX ix_chat_usage_user ON chat_usage (user_id, created_at);

CREATE INDEX ix_chat_usage_workspace ON chat_usage (workspace_id, created_at);

-- What an assistant keeps of the messages up to `up_to_seq` that it is not given any more.
CREATE TABLE chat_summaries (
  conversation_id TEXT NOT NULL,
  assistant_id TEXT NOT NULL,
  up_to_seq BIGINT NOT NULL,
  content TEXT NOT NULL,
  updated_at DATETIME NOT NULL,
  CONSTRAINT pk_chat_summaries PRIMARY KEY (conversation_id, assistant_id)
);

-- Those who share rooms and a directory. `generation` rises when a backup is restored.
CREATE TABLE chat_workspaces (
  id TEXT NOT NULL,
  "key" VARCHAR(64) NOT NULL,
  name VARCHAR(128) NOT NULL,
  settings JSON NOT NULL,
  message_count BIGINT,
  generation INTEGER NOT NULL,
  created_at DATETIME NOT NULL,
  CONSTRAINT pk_chat_workspaces PRIMARY KEY (id),
  CONSTRAINT uq_chat_workspaces_key UNIQUE ("key")
);

-- A person, assistant, contact or bot; users belong to the server, not to a workspace.
CREATE TABLE chat_users (
  id TEXT NOT NULL,
  username VARCHAR(64),
  username_key VARCHAR(128),
  email VARCHAR(320),
  email_key VARCHAR(320),
  display_name VARCHAR(128) NOT NULL,
  avatar VARCHAR(1024),
  kind VARCHAR(16) NOT NULL,
  password_hash VARCHAR(256),
  locale VARCHAR(16),
  time_zone VARCHAR(64),
  created_at DATETIME NOT NULL,
  deactivated_at DATETIME,
  removed_at DATETIME,
  last_seen_at DATETIME,
  CONSTRAINT pk_chat_users PRIMARY KEY (id),
  CONSTRAINT uq_chat_users_username_key UNIQUE (username_key),
  CONSTRAINT uq_chat_users_email_key UNIQUE (email_key)
);

-- The words of a message that can be found; `n` grows with time, nearly in the order of posting.
-- Recalled and system messages have none.
CREATE TABLE chat_search (
  n INTEGER NOT NULL,
  message_id TEXT NOT NULL,
  conversation_id TEXT NOT NULL,
  seq BIGINT NOT NULL,
  words TEXT NOT NULL,
  CONSTRAINT pk_chat_search PRIMARY KEY (n),
  CONSTRAINT uq_chat_search_message_id UNIQUE (message_id)
);

CREATE VIRTUAL TABLE chat_search_index USING fts5(words, content='chat_search',
    content_rowid='n', detail=none, columnsize=0, tokenize='ascii');

CREATE TRIGGER chat_search_delete AFTER DELETE ON chat_search BEGIN
    INSERT INTO chat_search_index (chat_search_index, rowid, words)
    VALUES ('delete', old.n, old.words); END;

CREATE TRIGGER chat_search_update AFTER UPDATE ON chat_search BEGIN
    INSERT INTO chat_search_index (chat_search_index, rowid, words)
    VALUES ('delete', old.n, old.words);
    INSERT INTO chat_search_index (rowid, words) VALUES (new.n, new.words); END;

-- An assistant; its name and avatar are those of its user. `providers` is its chain, empty for the
-- server's; `context` says how much history it is given.
CREATE TABLE chat_assistants (
  id TEXT NOT NULL,
  workspace_id TEXT NOT NULL,
  user_id TEXT NOT NULL,
  instructions TEXT NOT NULL,
  providers JSON NOT NULL,
  "trigger" VARCHAR(16) NOT NULL,
  context JSON NOT NULL,
  settings JSON NOT NULL,
  standard BOOLEAN NOT NULL,
  created_at DATETIME NOT NULL,
  removed_at DATETIME,
  CONSTRAINT pk_chat_assistants PRIMARY KEY (id),
  CONSTRAINT fk_chat_assistants_workspace_id FOREIGN KEY(workspace_id) REFERENCES chat_workspaces (id),
  CONSTRAINT uq_chat_assistants_user_id UNIQUE (user_id),
  CONSTRAINT fk_chat_assistants_user_id FOREIGN KEY(user_id) REFERENCES chat_users (id)
);

-- A file: an upload of `user_id` until a message takes it, or (`kind`) an avatar.
CREATE TABLE chat_attachments (
  id TEXT NOT NULL,
  workspace_id TEXT NOT NULL,
  user_id TEXT NOT NULL,
  kind VARCHAR(16) NOT NULL,
  conversation_id TEXT,
  message_id TEXT,
  file_name VARCHAR(255) NOT NULL,
  file_size BIGINT NOT NULL,
  mime_type VARCHAR(127) NOT NULL,
  checksum VARCHAR(64),
  path VARCHAR(1024) NOT NULL,
  thumbnail VARCHAR(1024),
  width INTEGER,
  height INTEGER,
  created_at DATETIME NOT NULL,
  removed_at DATETIME,
  CONSTRAINT pk_chat_attachments PRIMARY KEY (id),
  CONSTRAINT fk_chat_attachments_workspace_id FOREIGN KEY(workspace_id) REFERENCES chat_workspaces (id),
  CONSTRAINT fk_chat_attachments_user_id FOREIGN KEY(user_id) REFERENCES chat_users (id)
);

CREATE INDEX ix_chat_attachments_removed ON chat_attachments (removed_at);

CREATE INDEX ix_chat_attachments_unsent ON chat_attachments (message_id, created_at);

-- A user's role in a workspace.
CREATE TABLE chat_memberships (
  workspace_id TEXT NOT NULL,
  user_id TEXT NOT NULL,
  role VARCHAR(16) NOT NULL,
  created_at DATETIME NOT NULL,
  CONSTRAINT pk_chat_memberships PRIMARY KEY (workspace_id, user_id),
  CONSTRAINT fk_chat_memberships_workspace_id FOREIGN KEY(workspace_id) REFERENCES chat_workspaces (id),
  CONSTRAINT fk_chat_memberships_user_id FOREIGN KEY(user_id) REFERENCES chat_users (id)
);

CREATE INDEX ix_chat_memberships_user_id ON chat_memberships (user_id);

-- One login of a user: the family of refresh tokens that came from it.
CREATE TABLE chat_logins (
  id TEXT NOT NULL,
  workspace_id TEXT NOT NULL,
  user_id TEXT NOT NULL,
  device VARCHAR(256),
  address VARCHAR(64),
  created_at DATETIME NOT NULL,
  used_at DATETIME NOT NULL,
  expires_at DATETIME NOT NULL,
  revoked_at DATETIME,
  CONSTRAINT pk_chat_logins PRIMARY KEY (id),
  CONSTRAINT fk_chat_logins_workspace_id FOREIGN KEY(workspace_id) REFERENCES chat_workspaces (id),
  CONSTRAINT fk_chat_logins_user_id FOREIGN KEY(user_id) REFERENCES chat_users (id)
);

CREATE INDEX ix_chat_logins_revoked_at ON chat_logins (revoked_at);

CREATE INDEX ix_chat_logins_user_id ON chat_logins (user_id);

-- A user as an outside issuer (or a trusted gateway) knows them; never linked by e-mail.
CREATE TABLE chat_identities (
  issuer VARCHAR(255) NOT NULL,
  subject VARCHAR(255) NOT NULL,
  user_id TEXT NOT NULL,
  created_at DATETIME NOT NULL,
  CONSTRAINT pk_chat_identities PRIMARY KEY (issuer, subject),
  CONSTRAINT fk_chat_identities_user_id FOREIGN KEY(user_id) REFERENCES chat_users (id)
);

CREATE INDEX ix_chat_identities_user_id ON chat_identities (user_id);

-- A conversation and its counters, which are taken under this row's lock.
CREATE TABLE chat_conversations (
  id TEXT NOT NULL,
  workspace_id TEXT NOT NULL,
  kind VARCHAR(16) NOT NULL,
  name VARCHAR(128),
  description TEXT,
  avatar VARCHAR(1024),
  public BOOLEAN NOT NULL,
  direct_key VARCHAR(128),
  created_by TEXT,
  client_id VARCHAR(128),
  last_seq BIGINT NOT NULL,
  last_rev BIGINT NOT NULL,
  first_seq BIGINT NOT NULL,
  member_count INTEGER NOT NULL,
  assistant_count INTEGER DEFAULT '0' NOT NULL,
  edit_window INTEGER,
  retention_days INTEGER,
  session_id TEXT,
  session_started_at DATETIME,
  session_first_seq BIGINT,
  parent_id TEXT,
  parent_message_id TEXT,
  created_at DATETIME NOT NULL,
  changed_at DATETIME NOT NULL,
  last_message_at DATETIME,
  archived_at DATETIME,
  CONSTRAINT pk_chat_conversations PRIMARY KEY (id),
  CONSTRAINT uq_chat_conversations_created_by_client_id UNIQUE (created_by, client_id),
  CONSTRAINT fk_chat_conversations_workspace_id FOREIGN KEY(workspace_id) REFERENCES chat_workspaces (id),
  CONSTRAINT uq_chat_conversations_direct_key UNIQUE (direct_key),
  CONSTRAINT fk_chat_conversations_created_by FOREIGN KEY(created_by) REFERENCES chat_users (id)
);

CREATE INDEX ix_chat_conversations_changed_at ON chat_conversations (changed_at);

CREATE INDEX ix_chat_conversations_public ON chat_conversations (workspace_id, public);

-- The promise of an answer to one message, made in the transaction that stores it.
CREATE TABLE chat_replies (
  id TEXT NOT NULL,
  workspace_id TEXT NOT NULL,
  conversation_id TEXT NOT NULL,
  assistant_id TEXT NOT NULL,
  trigger_id TEXT NOT NULL,
  version INTEGER NOT NULL,
  asker_id TEXT NOT NULL,
  message_id TEXT,
  state VARCHAR(16) NOT NULL,
  epoch INTEGER NOT NULL,
  attempt INTEGER NOT NULL,
  node VARCHAR(64),
  lease_until DATETIME,
  created_at DATETIME NOT NULL,
  claimed_at DATETIME,
  ended_at DATETIME,
  CONSTRAINT pk_chat_replies PRIMARY KEY (id),
  CONSTRAINT uq_chat_replies_assistant_id_trigger_id_version UNIQUE (assistant_id, trigger_id, version),
  CONSTRAINT fk_chat_replies_assistant_id FOREIGN KEY(assistant_id) REFERENCES chat_assistants (id),
  CONSTRAINT uq_chat_replies_message_id UNIQUE (message_id)
);

CREATE INDEX ix_chat_replies_lane ON chat_replies (conversation_id, assistant_id, state);

CREATE INDEX ix_chat_replies_state ON chat_replies (state, lease_until);

-- A refresh token, kept only as a hash. `used_at` is set when it was traded for another.
CREATE TABLE chat_refresh_tokens (
  digest VARCHAR(64) NOT NULL,
  login_id TEXT NOT NULL,
  parent VARCHAR(64),
  created_at DATETIME NOT NULL,
  used_at DATETIME,
  CONSTRAINT pk_chat_refresh_tokens PRIMARY KEY (digest),
  CONSTRAINT fk_chat_refresh_tokens_login_id FOREIGN KEY(login_id) REFERENCES chat_logins (id)
);

CREATE INDEX ix_chat_refresh_tokens_login_id ON chat_refresh_tokens (login_id);

CREATE INDEX ix_chat_refresh_tokens_parent ON chat_refresh_tokens (parent);

-- A secret that lets someone in, kept as a hash: `kind` is access, invite or reset.
CREATE TABLE chat_tokens (
  id TEXT NOT NULL,
  workspace_id TEXT NOT NULL,
  user_id TEXT NOT NULL,
  kind VARCHAR(16) NOT NULL,
  digest VARCHAR(64) NOT NULL,
  name VARCHAR(128),
  code VARCHAR(64),
  conversation_id TEXT,
  uses_left INTEGER,
  uses INTEGER DEFAULT '0' NOT NULL,
  created_at DATETIME NOT NULL,
  used_at DATETIME,
  expires_at DATETIME,
  revoked_at DATETIME,
  CONSTRAINT pk_chat_tokens PRIMARY KEY (id),
  CONSTRAINT fk_chat_tokens_workspace_id FOREIGN KEY(workspace_id) REFERENCES chat_workspaces (id),
  CONSTRAINT fk_chat_tokens_user_id FOREIGN KEY(user_id) REFERENCES chat_users (id),
  CONSTRAINT uq_chat_tokens_digest UNIQUE (digest),
  CONSTRAINT fk_chat_tokens_conversation_id FOREIGN KEY(conversation_id) REFERENCES chat_conversations (id)
);

CREATE INDEX ix_chat_tokens_user_id ON chat_tokens (user_id);

-- A user in a conversation; the row stays when they leave, with `left_at`.
CREATE TABLE chat_members (
  conversation_id TEXT NOT NULL,
  user_id TEXT NOT NULL,
  role VARCHAR(16) NOT NULL,
  joined_at DATETIME NOT NULL,
  left_at DATETIME,
  read_seq BIGINT NOT NULL,
  delivered_seq BIGINT NOT NULL,
  visible_from_seq BIGINT NOT NULL,
  notify VARCHAR(16) NOT NULL,
  pinned_at DATETIME,
  rev BIGINT NOT NULL,
  CONSTRAINT pk_chat_members PRIMARY KEY (conversation_id, user_id),
  CONSTRAINT fk_chat_members_conversation_id FOREIGN KEY(conversation_id) REFERENCES chat_conversations (id),
  CONSTRAINT fk_chat_members_user_id FOREIGN KEY(user_id) REFERENCES chat_users (id)
);

CREATE INDEX ix_chat_members_rev ON chat_members (conversation_id, rev);

CREATE INDEX ix_chat_members_user ON chat_members (user_id, left_at);

-- A stretch of activity; how many messages it has is derived from its first and last.
CREATE TABLE chat_sessions (
  id TEXT NOT NULL,
  conversation_id TEXT NOT NULL,
  state VARCHAR(16) NOT NULL,
  started_at DATETIME NOT NULL,
  last_activity_at DATETIME,
  ended_at DATETIME,
  first_seq BIGINT,
  last_seq BIGINT,
  CONSTRAINT pk_chat_sessions PRIMARY KEY (id),
  CONSTRAINT fk_chat_sessions_conversation_id FOREIGN KEY(conversation_id) REFERENCES chat_conversations (id)
);

CREATE INDEX ix_chat_sessions_conversation ON chat_sessions (conversation_id, started_at);

CREATE INDEX ix_chat_sessions_open ON chat_sessions (ended_at, started_at);

-- A message: `seq` is its number in the conversation, `rev` that of its last change.
CREATE TABLE chat_messages (
  id TEXT NOT NULL,
  conversation_id TEXT NOT NULL,
  seq BIGINT NOT NULL,
  rev BIGINT NOT NULL,
  session_id TEXT,
  sender_id TEXT NOT NULL,
  parent_id TEXT,
  client_id VARCHAR(128) NOT NULL,
  type VARCHAR(16) NOT NULL,
  state VARCHAR(16) NOT NULL,
  content TEXT NOT NULL,
  attempt INTEGER NOT NULL,
  created_at DATETIME NOT NULL,
  edited_at DATETIME,
  retracted_at DATETIME,
  superseded_by TEXT,
  meta JSON,
  CONSTRAINT pk_chat_messages PRIMARY KEY (id),
  CONSTRAINT uq_chat_messages_conversation_id_seq UNIQUE (conversation_id, seq),
  CONSTRAINT uq_chat_messages_conversation_id_sender_id_client_id UNIQUE (conversation_id, sender_id, client_id),
  CONSTRAINT fk_chat_messages_conversation_id FOREIGN KEY(conversation_id) REFERENCES chat_conversations (id),
  CONSTRAINT fk_chat_messages_session_id FOREIGN KEY(session_id) REFERENCES chat_sessions (id),
  CONSTRAINT fk_chat_messages_sender_id FOREIGN KEY(sender_id) REFERENCES chat_users (id)
);

CREATE INDEX ix_chat_messages_rev ON chat_messages (conversation_id, rev);

-- One row each time someone's mark advances: who had read up to where, and when; null where it
-- advanced by joining, past what was said without them.
CREATE TABLE chat_reads (
  conversation_id TEXT NOT NULL,
  user_id TEXT NOT NULL,
  up_to_seq BIGINT NOT NULL,
  read_at DATETIME,
  CONSTRAINT pk_chat_reads PRIMARY KEY (conversation_id, user_id, up_to_seq),
  CONSTRAINT fk_chat_reads_conversation_id_user_id FOREIGN KEY(conversation_id, user_id) REFERENCES chat_members (conversation_id, user_id)
);

-- One person's rating of one reply, 1 to 5; it can be changed.
CREATE TABLE chat_feedback (
  id TEXT NOT NULL,
  message_id TEXT NOT NULL,
  user_id TEXT NOT NULL,
  rating INTEGER NOT NULL,
  comment TEXT,
  created_at DATETIME NOT NULL,
  updated_at DATETIME NOT NULL,
  CONSTRAINT pk_chat_feedback PRIMARY KEY (id),
  CONSTRAINT uq_chat_feedback_message_id_user_id UNIQUE (message_id, user_id),
  CONSTRAINT fk_chat_feedback_message_id FOREIGN KEY(message_id) REFERENCES chat_messages (id),
  CONSTRAINT fk_chat_feedback_user_id FOREIGN KEY(user_id) REFERENCES chat_users (id)
);

-- Someone who is named in a message; `EVERYONE` is one row, however many members there are.
CREATE TABLE chat_mentions (
  message_id TEXT NOT NULL,
  user_id TEXT NOT NULL,
  conversation_id TEXT NOT NULL,
  seq BIGINT NOT NULL,
  CONSTRAINT pk_chat_mentions PRIMARY KEY (message_id, user_id),
  CONSTRAINT fk_chat_mentions_message_id FOREIGN KEY(message_id) REFERENCES chat_messages (id)
);

CREATE INDEX ix_chat_mentions_user_id ON chat_mentions (user_id, conversation_id, seq);

-- One emoji of one person on one message.
CREATE TABLE chat_reactions (
  message_id TEXT NOT NULL,
  emoji VARCHAR(64) NOT NULL,
  user_id TEXT NOT NULL,
  created_at DATETIME NOT NULL,
  CONSTRAINT pk_chat_reactions PRIMARY KEY (message_id, emoji, user_id),
  CONSTRAINT fk_chat_reactions_message_id FOREIGN KEY(message_id) REFERENCES chat_messages (id),
  CONSTRAINT fk_chat_reactions_user_id FOREIGN KEY(user_id) REFERENCES chat_users (id)
);

-- By this, migrations know what is there.

CREATE TABLE chat_version (
  version_num VARCHAR(32) NOT NULL,
  CONSTRAINT chat_version_pkc PRIMARY KEY (version_num)
);

INSERT INTO chat_version (version_num) VALUES ('0005');
