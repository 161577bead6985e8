-- The tables on MySQL and MariaDB, as `trialogue migrate` makes them in an empty database.
-- Written by script/schema from the models.

-- What one attempt at a model cost, whether it succeeded or not; `cost` in billionths of a US
-- dollar, null where the price is not known; `estimated` where the provider did not say.
CREATE TABLE chat_usage (
  id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  workspace_id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  user_id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  assistant_id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin,
  reply_id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin,
  purpose VARCHAR(16) NOT NULL,
  provider VARCHAR(64) NOT NULL,
  model VARCHAR(128) NOT NULL,
  state VARCHAR(16) NOT NULL,
  input_tokens BIGINT NOT NULL,
  output_tokens BIGINT NOT NULL,
  cost BIGINT,
  estimated BOOL NOT NULL,
  created_at DATETIME(6) NOT NULL,
  CONSTRAINT pk_chat_usage PRIMARY KEY (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE INDEX ix_chat_usage_user ON chat_usage (user_id, created_at);

CREATE INDEX ix_chat_usage_workspace ON chat_usage (workspace_id, created_at);

-- What an assistant keeps of the messages up to `up_to_seq` that it is not given any more.
CREATE TABLE chat_summaries (
  conversation_id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  assistant_id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  up_to_seq BIGINT NOT NULL,
  content MEDIUMTEXT NOT NULL,
  updated_at DATETIME(6) NOT NULL,
  CONSTRAINT pk_chat_summaries PRIMARY KEY (conversation_id, assistant_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Those who share rooms and a directory. `generation` rises when a backup is restored.
CREATE TABLE chat_workspaces (
  id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `key` VARBINARY(256) NOT NULL,
  name VARCHAR(128) NOT NULL,
  settings JSON NOT NULL,
  message_count BIGINT,
  generation INTEGER NOT NULL,
  created_at DATETIME(6) NOT NULL,
  CONSTRAINT pk_chat_workspaces PRIMARY KEY (id),
  CONSTRAINT uq_chat_workspaces_key UNIQUE (`key`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- A person, assistant, contact or bot; users belong to the server, not to a workspace.
CREATE TABLE chat_users (
  id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  username VARCHAR(64),
  username_key VARBINARY(512),
  email VARCHAR(320),
  email_key VARBINARY(1280),
  display_name VARCHAR(128) NOT NULL,
  avatar VARCHAR(1024),
  kind VARCHAR(16) NOT NULL,
  password_hash VARCHAR(256),
  locale VARCHAR(16),
  time_zone VARCHAR(64),
  created_at DATETIME(6) NOT NULL,
  deactivated_at DATETIME(6),
  removed_at DATETIME(6),
  last_seen_at DATETIME(6),
  CONSTRAINT pk_chat_users PRIMARY KEY (id),
  CONSTRAINT uq_chat_users_username_key UNIQUE (username_key),
  CONSTRAINT uq_chat_users_email_key UNIQUE (email_key)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- The words of a message that can be found; `n` grows with time, nearly in the order of posting.
-- Recalled and system messages have none.
CREATE TABLE chat_search (
  n BIGINT NOT NULL AUTO_INCREMENT,
  message_id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  conversation_id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  seq BIGINT NOT NULL,
  words MEDIUMTEXT CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  CONSTRAINT pk_chat_search PRIMARY KEY (n),
  CONSTRAINT uq_chat_search_message_id UNIQUE (message_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE FULLTEXT INDEX ix_chat_search_full ON chat_search (words);

-- An assistant; its name and avatar are those of its user. `providers` is its chain, empty for the
-- server's; `context` says how much history it is given.
CREATE TABLE chat_assistants (
  id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  workspace_id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  user_id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  instructions MEDIUMTEXT NOT NULL,
  providers JSON NOT NULL,
  `trigger` VARCHAR(16) NOT NULL,
  context JSON NOT NULL,
  settings JSON NOT NULL,
  standard BOOL NOT NULL,
  created_at DATETIME(6) NOT NULL,
  removed_at DATETIME(6),
  CONSTRAINT pk_chat_assistants PRIMARY KEY (id),
  CONSTRAINT fk_chat_assistants_workspace_id FOREIGN KEY(workspace_id) REFERENCES chat_workspaces (id),
  CONSTRAINT uq_chat_assistants_user_id UNIQUE (user_id),
  CONSTRAINT fk_chat_assistants_user_id FOREIGN KEY(user_id) REFERENCES chat_users (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- A file: an upload of `user_id` until a message takes it, or (`kind`) an avatar.
CREATE TABLE chat_attachments (
  id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  workspace_id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  user_id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  kind VARCHAR(16) NOT NULL,
  conversation_id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin,
  message_id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin,
  file_name VARCHAR(255) NOT NULL,
  file_size BIGINT NOT NULL,
  mime_type VARCHAR(127) NOT NULL,
  checksum VARBINARY(256),
  path VARCHAR(1024) NOT NULL,
  thumbnail VARCHAR(1024),
  width INTEGER,
  height INTEGER,
  created_at DATETIME(6) NOT NULL,
  removed_at DATETIME(6),
  CONSTRAINT pk_chat_attachments PRIMARY KEY (id),
  CONSTRAINT fk_chat_attachments_workspace_id FOREIGN KEY(workspace_id) REFERENCES chat_workspaces (id),
  CONSTRAINT fk_chat_attachments_user_id FOREIGN KEY(user_id) REFERENCES chat_users (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE INDEX ix_chat_attachments_removed ON chat_attachments (removed_at);

CREATE INDEX ix_chat_attachments_unsent ON chat_attachments (message_id, created_at);

-- A user's role in a workspace.
CREATE TABLE chat_memberships (
  workspace_id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  user_id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `role` VARCHAR(16) NOT NULL,
  created_at DATETIME(6) NOT NULL,
  CONSTRAINT pk_chat_memberships PRIMARY KEY (workspace_id, user_id),
  CONSTRAINT fk_chat_memberships_workspace_id FOREIGN KEY(workspace_id) REFERENCES chat_workspaces (id),
  CONSTRAINT fk_chat_memberships_user_id FOREIGN KEY(user_id) REFERENCES chat_users (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE INDEX ix_chat_memberships_user_id ON chat_memberships (user_id);

-- One login of a user: the family of refresh tokens that came from it.
CREATE TABLE chat_logins (
  id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  workspace_id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  user_id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  device VARCHAR(256),
  address VARCHAR(64),
  created_at DATETIME(6) NOT NULL,
  used_at DATETIME(6) NOT NULL,
  expires_at DATETIME(6) NOT NULL,
  revoked_at DATETIME(6),
  CONSTRAINT pk_chat_logins PRIMARY KEY (id),
  CONSTRAINT fk_chat_logins_workspace_id FOREIGN KEY(workspace_id) REFERENCES chat_workspaces (id),
  CONSTRAINT fk_chat_logins_user_id FOREIGN KEY(user_id) REFERENCES chat_users (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE INDEX ix_chat_logins_revoked_at ON chat_logins (revoked_at);

CREATE INDEX ix_chat_logins_user_id ON chat_logins (user_id);

-- A user as an outside issuer (or a trusted gateway) knows them; never linked by e-mail.
CREATE TABLE chat_identities (
  issuer VARBINARY(1020) NOT NULL,
  subject VARBINARY(1020) NOT NULL,
  user_id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  created_at DATETIME(6) NOT NULL,
  CONSTRAINT pk_chat_identities PRIMARY KEY (issuer, subject),
  CONSTRAINT fk_chat_identities_user_id FOREIGN KEY(user_id) REFERENCES chat_users (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE INDEX ix_chat_identities_user_id ON chat_identities (user_id);

-- A conversation and its counters, which are taken under this row's lock.
CREATE TABLE chat_conversations (
  id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  workspace_id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  kind VARCHAR(16) NOT NULL,
  name VARCHAR(128),
  description MEDIUMTEXT,
  avatar VARCHAR(1024),
  public BOOL NOT NULL,
  direct_key VARBINARY(512),
  created_by CHAR(36) CHARACTER SET ascii COLLATE ascii_bin,
  client_id VARBINARY(512),
  last_seq BIGINT NOT NULL,
  last_rev BIGINT NOT NULL,
  first_seq BIGINT NOT NULL,
  member_count INTEGER NOT NULL,
  assistant_count INTEGER NOT NULL DEFAULT '0',
  edit_window INTEGER,
  retention_days INTEGER,
  session_id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin,
  session_started_at DATETIME(6),
  session_first_seq BIGINT,
  parent_id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin,
  parent_message_id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin,
  created_at DATETIME(6) NOT NULL,
  changed_at DATETIME(6) NOT NULL,
  last_message_at DATETIME(6),
  archived_at DATETIME(6),
  CONSTRAINT pk_chat_conversations PRIMARY KEY (id),
  CONSTRAINT uq_chat_conversations_created_by_client_id UNIQUE (created_by, client_id),
  CONSTRAINT fk_chat_conversations_workspace_id FOREIGN KEY(workspace_id) REFERENCES chat_workspaces (id),
  CONSTRAINT uq_chat_conversations_direct_key UNIQUE (direct_key),
  CONSTRAINT fk_chat_conversations_created_by FOREIGN KEY(created_by) REFERENCES chat_users (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE INDEX ix_chat_conversations_changed_at ON chat_conversations (changed_at);

CREATE INDEX ix_chat_conversations_public ON chat_conversations (workspace_id, public);

-- The promise of an answer to one message, made in the transaction that stores it.
CREATE TABLE chat_replies (
  id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  workspace_id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  conversation_id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  assistant_id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  trigger_id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version INTEGER NOT NULL,
  asker_id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  message_id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin,
  state VARCHAR(16) NOT NULL,
  epoch INTEGER NOT NULL,
  attempt INTEGER NOT NULL,
  node VARBINARY(256),
  lease_until DATETIME(6),
  created_at DATETIME(6) NOT NULL,
  claimed_at DATETIME(6),
  ended_at DATETIME(6),
  CONSTRAINT pk_chat_replies PRIMARY KEY (id),
  CONSTRAINT uq_chat_replies_assistant_id_trigger_id_version UNIQUE (assistant_id, trigger_id, version),
  CONSTRAINT fk_chat_replies_assistant_id FOREIGN KEY(assistant_id) REFERENCES chat_assistants (id),
  CONSTRAINT uq_chat_replies_message_id UNIQUE (message_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE INDEX ix_chat_replies_lane ON chat_replies (conversation_id, assistant_id, state);

CREATE INDEX ix_chat_replies_state ON chat_replies (state, lease_until);

-- A refresh token, kept only as a hash. `used_at` is set when it was traded for another.
CREATE TABLE chat_refresh_tokens (
  digest VARBINARY(256) NOT NULL,
  login_id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  parent VARBINARY(256),
  created_at DATETIME(6) NOT NULL,
  used_at DATETIME(6),
  CONSTRAINT pk_chat_refresh_tokens PRIMARY KEY (digest),
  CONSTRAINT fk_chat_refresh_tokens_login_id FOREIGN KEY(login_id) REFERENCES chat_logins (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE INDEX ix_chat_refresh_tokens_login_id ON chat_refresh_tokens (login_id);

CREATE INDEX ix_chat_refresh_tokens_parent ON chat_refresh_tokens (parent);

-- A secret that lets someone in, kept as a hash: `kind` is access, invite or reset.
CREATE TABLE chat_tokens (
  id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  workspace_id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  user_id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  kind VARCHAR(16) NOT NULL,
  digest VARBINARY(256) NOT NULL,
  name VARCHAR(128),
  code VARBINARY(256),
  conversation_id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin,
  uses_left INTEGER,
  uses INTEGER NOT NULL DEFAULT '0',
  created_at DATETIME(6) NOT NULL,
  used_at DATETIME(6),
  expires_at DATETIME(6),
  revoked_at DATETIME(6),
  CONSTRAINT pk_chat_tokens PRIMARY KEY (id),
  CONSTRAINT fk_chat_tokens_workspace_id FOREIGN KEY(workspace_id) REFERENCES chat_workspaces (id),
  CONSTRAINT fk_chat_tokens_user_id FOREIGN KEY(user_id) REFERENCES chat_users (id),
  CONSTRAINT uq_chat_tokens_digest UNIQUE (digest),
  CONSTRAINT fk_chat_tokens_conversation_id FOREIGN KEY(conversation_id) REFERENCES chat_conversations (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE INDEX ix_chat_tokens_user_id ON chat_tokens (user_id);

-- A user in a conversation; the row stays when they leave, with `left_at`.
CREATE TABLE chat_members (
  conversation_id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  user_id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `role` VARCHAR(16) NOT NULL,
  joined_at DATETIME(6) NOT NULL,
  left_at DATETIME(6),
  read_seq BIGINT NOT NULL,
  delivered_seq BIGINT NOT NULL,
  visible_from_seq BIGINT NOT NULL,
  notify VARCHAR(16) NOT NULL,
  pinned_at DATETIME(6),
  rev BIGINT NOT NULL,
  CONSTRAINT pk_chat_members PRIMARY KEY (conversation_id, user_id),
  CONSTRAINT fk_chat_members_conversation_id FOREIGN KEY(conversation_id) REFERENCES chat_conversations (id),
  CONSTRAINT fk_chat_members_user_id FOREIGN KEY(user_id) REFERENCES chat_users (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE INDEX ix_chat_members_rev ON chat_members (conversation_id, rev);

CREATE INDEX ix_chat_members_user ON chat_members (user_id, left_at);

-- A stretch of activity; how many messages it has is derived from its first and last.
CREATE TABLE chat_sessions (
  id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  conversation_id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  state VARCHAR(16) NOT NULL,
  started_at DATETIME(6) NOT NULL,
  last_activity_at DATETIME(6),
  ended_at DATETIME(6),
  first_seq BIGINT,
  last_seq BIGINT,
  CONSTRAINT pk_chat_sessions PRIMARY KEY (id),
  CONSTRAINT fk_chat_sessions_conversation_id FOREIGN KEY(conversation_id) REFERENCES chat_conversations (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE INDEX ix_chat_sessions_conversation ON chat_sessions (conversation_id, started_at);

CREATE INDEX ix_chat_sessions_open ON chat_sessions (ended_at, started_at);

-- A message: `seq` is its number in the conversation, `rev` that of its last change.
CREATE TABLE chat_messages (
  id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  conversation_id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  seq BIGINT NOT NULL,
  rev BIGINT NOT NULL,
  session_id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin,
  sender_id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  parent_id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin,
  client_id VARBINARY(512) NOT NULL,
  type VARCHAR(16) NOT NULL,
  state VARCHAR(16) NOT NULL,
  content MEDIUMTEXT NOT NULL,
  attempt INTEGER NOT NULL,
  created_at DATETIME(6) NOT NULL,
  edited_at DATETIME(6),
  retracted_at DATETIME(6),
  superseded_by CHAR(36) CHARACTER SET ascii COLLATE ascii_bin,
  meta JSON,
  CONSTRAINT pk_chat_messages PRIMARY KEY (id),
  CONSTRAINT uq_chat_messages_conversation_id_seq UNIQUE (conversation_id, seq),
  CONSTRAINT uq_chat_messages_conversation_id_sender_id_client_id UNIQUE (conversation_id, sender_id, client_id),
  CONSTRAINT fk_chat_messages_conversation_id FOREIGN KEY(conversation_id) REFERENCES chat_conversations (id),
  CONSTRAINT fk_chat_messages_session_id FOREIGN KEY(session_id) REFERENCES chat_sessions (id),
  CONSTRAINT fk_chat_messages_sender_id FOREIGN KEY(sender_id) REFERENCES chat_users (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE INDEX ix_chat_messages_rev ON chat_messages (conversation_id, rev);

-- One row each time someone's mark advances: who had read up to where, and when; null where it
-- advanced by joining, past what was said without them.
CREATE TABLE chat_reads (
  conversation_id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  user_id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  up_to_seq BIGINT NOT NULL,
  read_at DATETIME(6),
  CONSTRAINT pk_chat_reads PRIMARY KEY (conversation_id, user_id, up_to_seq),
  CONSTRAINT fk_chat_reads_conversation_id_user_id FOREIGN KEY(conversation_id, user_id) REFERENCES chat_members (conversation_id, user_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- One person's rating of one reply, 1 to 5; it can be changed.
CREATE TABLE chat_feedback (
  id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  message_id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  user_id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  rating INTEGER NOT NULL,
  comment MEDIUMTEXT,
  created_at DATETIME(6) NOT NULL,
  updated_at DATETIME(6) NOT NULL,
  CONSTRAINT pk_chat_feedback PRIMARY KEY (id),
  CONSTRAINT uq_chat_feedback_message_id_user_id UNIQUE (message_id, user_id),
  CONSTRAINT fk_chat_feedback_message_id FOREIGN KEY(message_id) REFERENCES chat_messages (id),
  CONSTRAINT fk_chat_feedback_user_id FOREIGN KEY(user_id) REFERENCES chat_users (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Someone who is named in a message; `EVERYONE` is one row, however many members there are.
CREATE TABLE chat_mentions (
  message_id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  user_id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  conversation_id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  seq BIGINT NOT NULL,
  CONSTRAINT pk_chat_mentions PRIMARY KEY (message_id, user_id),
  CONSTRAINT fk_chat_mentions_message_id FOREIGN KEY(message_id) REFERENCES chat_messages (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE INDEX ix_chat_mentions_user_id ON chat_mentions (user_id, conversation_id, seq);

-- One emoji of one person on one message.
CREATE TABLE chat_reactions (
  message_id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  emoji VARBINARY(256) NOT NULL,
  user_id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  created_at DATETIME(6) NOT NULL,
  CONSTRAINT pk_chat_reactions PRIMARY KEY (message_id, emoji, user_id),
  CONSTRAINT fk_chat_reactions_message_id FOREIGN KEY(message_id) REFERENCES chat_messages (id),
  CONSTRAINT fk_chat_reactions_user_id FOREIGN KEY(user_id) REFERENCES chat_users (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- By this, migrations know what is there.

CREATE TABLE chat_version (
  version_num VARCHAR(32) NOT NULL,
  CONSTRAINT chat_version_pkc PRIMARY KEY (version_num)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

INSERT INTO chat_version (version_num) VALUES ('0005');
