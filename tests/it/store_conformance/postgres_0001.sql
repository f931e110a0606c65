-- A small desk as migration 0001 of store-postgres left it (pg_dump --inserts).
-- Made once, never changed: later migrations must open it.
SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

SET default_tablespace = '';

SET default_table_access_method = heap;

CREATE TABLE public._sqlx_migrations (
    version bigint NOT NULL,
    description text NOT NULL,
    installed_on timestamp with time zone DEFAULT now() NOT NULL,
    success boolean NOT NULL,
    checksum bytea NOT NULL,
    execution_time bigint NOT NULL
);

CREATE TABLE public.access_secret (
    kind text NOT NULL,
    hash bytea NOT NULL,
    user_id text NOT NULL,
    expires_at bigint NOT NULL
);

CREATE TABLE public.address (
    kind text NOT NULL,
    value text NOT NULL,
    customer_id text NOT NULL,
    proved boolean NOT NULL
);

CREATE TABLE public.board_event (
    seq bigint NOT NULL,
    board_issue_id text NOT NULL,
    document text NOT NULL
);

ALTER TABLE public.board_event ALTER COLUMN seq ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.board_event_seq_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.board_issue (
    id text NOT NULL COLLATE pg_catalog."C",
    revision bigint NOT NULL,
    project text NOT NULL,
    number bigint NOT NULL,
    marker text NOT NULL,
    document text NOT NULL
);

CREATE TABLE public.board_number (
    last bigint NOT NULL
);

CREATE TABLE public.call (
    id text NOT NULL COLLATE pg_catalog."C",
    document text NOT NULL
);

CREATE TABLE public.classification (
    seq bigint NOT NULL,
    feedback_id text NOT NULL,
    document text NOT NULL
);

ALTER TABLE public.classification ALTER COLUMN seq ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.classification_seq_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.conversation (
    id text NOT NULL COLLATE pg_catalog."C",
    inbox text NOT NULL,
    customer_id text NOT NULL,
    document text NOT NULL
);

CREATE TABLE public.customer (
    id text NOT NULL COLLATE pg_catalog."C",
    document text NOT NULL
);

CREATE TABLE public.desk_user (
    id text NOT NULL COLLATE pg_catalog."C",
    created_at bigint NOT NULL,
    document text NOT NULL
);

CREATE TABLE public.feedback (
    id text NOT NULL COLLATE pg_catalog."C",
    revision bigint NOT NULL,
    customer_id text NOT NULL,
    channel text NOT NULL,
    state text NOT NULL,
    root_cause text,
    owner_team text,
    problem_id text,
    filed boolean NOT NULL,
    captured_at bigint NOT NULL,
    search text NOT NULL,
    document text NOT NULL
);

CREATE TABLE public.gathering (
    owner_team text NOT NULL,
    opened bigint NOT NULL
);

CREATE TABLE public.installation_secret (
    name text NOT NULL,
    value bytea NOT NULL
);

CREATE TABLE public.issue (
    id text NOT NULL COLLATE pg_catalog."C",
    revision bigint NOT NULL,
    problem_id text NOT NULL,
    tracker text NOT NULL,
    project text NOT NULL,
    tracker_key text NOT NULL,
    marker text NOT NULL,
    document text NOT NULL
);

CREATE TABLE public.job (
    id text NOT NULL COLLATE pg_catalog."C",
    dedup_key text NOT NULL,
    step text NOT NULL,
    lane text NOT NULL,
    state text NOT NULL,
    attempts bigint NOT NULL,
    run_at bigint NOT NULL,
    lease_until bigint,
    last_error text,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL,
    document text NOT NULL
);

CREATE TABLE public.message (
    id text NOT NULL COLLATE pg_catalog."C",
    inbox text NOT NULL,
    external_id text NOT NULL COLLATE pg_catalog."C",
    feedback_id text NOT NULL,
    by_customer boolean NOT NULL,
    at bigint NOT NULL,
    document text NOT NULL
);

CREATE TABLE public.notice (
    id text NOT NULL COLLATE pg_catalog."C",
    feedback_id text NOT NULL,
    kind text NOT NULL,
    state text NOT NULL,
    created_at bigint NOT NULL,
    document text NOT NULL
);

CREATE TABLE public.problem (
    id text NOT NULL COLLATE pg_catalog."C",
    revision bigint NOT NULL,
    state text NOT NULL,
    root_cause text NOT NULL,
    owner_team text NOT NULL,
    document text NOT NULL
);

CREATE TABLE public.problem_likeness (
    likeness_key bigint NOT NULL,
    problem_id text NOT NULL
);

CREATE TABLE public.promise (
    id text NOT NULL COLLATE pg_catalog."C",
    feedback_id text NOT NULL,
    made_at bigint NOT NULL,
    document text NOT NULL
);

CREATE TABLE public.read_cursor (
    tracker text NOT NULL,
    project text NOT NULL,
    read_until bigint NOT NULL
);

CREATE TABLE public.signal (
    id text NOT NULL COLLATE pg_catalog."C",
    issue_id text NOT NULL,
    event_key text NOT NULL,
    at bigint NOT NULL,
    document text NOT NULL
);

CREATE TABLE public.transcript (
    feedback_id text NOT NULL,
    document text NOT NULL
);

INSERT INTO public._sqlx_migrations VALUES (1, 'feedback desk', '2026-11-21 21:53:34.250831+00', true, '\xc5a4dfb4bc6d9fff1c67251945203d2fa1009a547fc730441622f3d3263f108319f11967b9967b4e94f9b06cbed72066', 65996319);

INSERT INTO public.access_secret VALUES ('session', '\x0303030303030303030303030303030303030303030303030303030303030303', 'us_01a20019b54973c293d80fea1b92206e', 1777894200123456);

INSERT INTO public.address VALUES ('sip', 'sip:anna@example.org', 'cu_01a20019b52975f7937d972aca161618', true);

INSERT INTO public.board_event OVERRIDING SYSTEM VALUE VALUES (1, 'bi_01a20019b52f753ab6ce3d0ea2a959d7', '{"key":"taken","actor":"person","at":"2026-05-04T09:00:09.123456Z","url":null,"what":{"kind":"assigned"}}');

INSERT INTO public.board_issue VALUES ('bi_01a20019b52f753ab6ce3d0ea2a959d7', 0, 'logistics', 1, '<!-- mostik:pr_01a20019b50e74d092e02a593cdcd30d -->', '{"id":"bi_01a20019b52f753ab6ce3d0ea2a959d7","project":"logistics","number":1,"marker":"<!-- mostik:pr_01a20019b50e74d092e02a593cdcd30d -->","title":"Курьер опаздывает","body":"Три покупателя…","column":"new","labels":["feedback"],"assignee":null,"filed_at":"2026-05-04T09:00:06.123456Z","revision":0}');

INSERT INTO public.board_number VALUES (1);

INSERT INTO public.call VALUES ('call_01a20019b52975f7937d9729fac5eec5', '{"id":"call_01a20019b52975f7937d9729fac5eec5","line":"support","caller":"sip:anna@example.org","language":"ru","arrived_at":"2026-05-04T09:00:00.123456Z","answered_at":"2026-05-04T09:00:01.123456Z","tone_at":"2026-05-04T09:00:09.123456Z","ended_at":"2026-05-04T09:00:30.123456Z","termination":"completed/caller_hung_up","recording":{"file":"call-1.wav","milliseconds":21000,"bytes":336044},"codec":"PCMA"}');

INSERT INTO public.classification OVERRIDING SYSTEM VALUE VALUES (1, 'fb_01a20019b52975f7937d972dc8cb5853', '{"root_cause":"delivery","confidence":0.87,"causes":[{"root_cause":"delivery","score":0.87}],"decided_by":{"kind":"model","version":"local/1"},"evidence":["опоздал"],"at":"2026-05-04T09:00:02.123456Z"}');

INSERT INTO public.conversation VALUES ('cv_01a20019b4e074fcac24a5821093a48a', 'web:form', 'cu_01a20019b4e074fcac24a58138959802', '{"id":"cv_01a20019b4e074fcac24a5821093a48a","inbox":"web:form","customer":"cu_01a20019b4e074fcac24a58138959802","started_at":"2026-05-04T09:00:00.123456Z"}');
INSERT INTO public.conversation VALUES ('cv_01a20019b4ea7532be09729c7d634917', 'web:form', 'cu_01a20019b4ea7532be09729bea50b900', '{"id":"cv_01a20019b4ea7532be09729c7d634917","inbox":"web:form","customer":"cu_01a20019b4ea7532be09729bea50b900","started_at":"2026-05-04T09:00:00.123456Z"}');
INSERT INTO public.conversation VALUES ('cv_01a20019b52975f7937d972ba34317a9', 'phone:support', 'cu_01a20019b52975f7937d972aca161618', '{"id":"cv_01a20019b52975f7937d972ba34317a9","inbox":"phone:support","customer":"cu_01a20019b52975f7937d972aca161618","started_at":"2026-05-04T09:00:00.123456Z"}');

INSERT INTO public.customer VALUES ('cu_01a20019b4e074fcac24a58138959802', '{"id":"cu_01a20019b4e074fcac24a58138959802","name":null,"language":"ru","first_seen":"2026-05-04T09:00:00.123456Z"}');
INSERT INTO public.customer VALUES ('cu_01a20019b4ea7532be09729bea50b900', '{"id":"cu_01a20019b4ea7532be09729bea50b900","name":null,"language":"ru","first_seen":"2026-05-04T09:00:00.123456Z"}');
INSERT INTO public.customer VALUES ('cu_01a20019b52975f7937d972aca161618', '{"id":"cu_01a20019b52975f7937d972aca161618","name":"Анна","language":"ru","first_seen":"2026-05-04T09:00:00.123456Z"}');

INSERT INTO public.desk_user VALUES ('us_01a20019b54973c293d80fea1b92206e', 1777885200123456, '{"id":"us_01a20019b54973c293d80fea1b92206e","name":"Ольга","role":"admin","created_at":"2026-05-04T09:00:00.123456Z"}');

INSERT INTO public.feedback VALUES ('fb_01a20019b4e074fcac24a584a457d6fb', 0, 'cu_01a20019b4e074fcac24a58138959802', 'web', 'captured', NULL, NULL, NULL, false, 1777885200123456, 'vqnf-5jjg vqnf5jjg курьер опоздал на три часа', '{"id":"fb_01a20019b4e074fcac24a584a457d6fb","reference":"VQNF-5JJG","inbox":"web:form","channel":"web","customer":"cu_01a20019b4e074fcac24a58138959802","conversation":"cv_01a20019b4e074fcac24a5821093a48a","source":{"message":"msg_01a20019b4e074fcac24a5839743138c"},"return_path":{"none":"own_page_only"},"language":"ru","text":"Курьер опоздал на три часа","page":"/cart","claimed":null,"state":{"name":"captured"},"captured_at":"2026-05-04T09:00:00.123456Z","updated_at":"2026-05-04T09:00:00.123456Z","revision":0}');
INSERT INTO public.feedback VALUES ('fb_01a20019b4ea7532be09729ec4ab0228', 0, 'cu_01a20019b4ea7532be09729bea50b900', 'web', 'captured', NULL, NULL, NULL, false, 1777885200123456, '8h0p-a2vk 8h0pa2vk the font is too small', '{"id":"fb_01a20019b4ea7532be09729ec4ab0228","reference":"8H0P-A2VK","inbox":"web:form","channel":"web","customer":"cu_01a20019b4ea7532be09729bea50b900","conversation":"cv_01a20019b4ea7532be09729c7d634917","source":{"message":"msg_01a20019b4ea7532be09729d42513e33"},"return_path":{"none":"own_page_only"},"language":"ru","text":"The font is too small","page":"/cart","claimed":null,"state":{"name":"captured"},"captured_at":"2026-05-04T09:00:00.123456Z","updated_at":"2026-05-04T09:00:00.123456Z","revision":0}');
INSERT INTO public.feedback VALUES ('fb_01a20019b52975f7937d972dc8cb5853', 3, 'cu_01a20019b52975f7937d972aca161618', 'phone', 'filed', 'delivery', 'logistics', 'pr_01a20019b50e74d092e02a593cdcd30d', true, 1777885230123456, 'k2pp-c4q5 k2ppc4q5 курьер не приехал', '{"id":"fb_01a20019b52975f7937d972dc8cb5853","reference":"K2PP-C4Q5","inbox":"phone:support","channel":"phone","customer":"cu_01a20019b52975f7937d972aca161618","conversation":"cv_01a20019b52975f7937d972ba34317a9","source":{"call":"call_01a20019b52975f7937d9729fac5eec5"},"return_path":{"reply":{"address":{"kind":"sip","value":"sip:anna@example.org","proved":true},"room":null}},"language":"ru","text":"Курьер не приехал","page":null,"claimed":null,"state":{"name":"filed","routed":{"answered":{"classification":{"root_cause":"delivery","confidence":0.87,"causes":[{"root_cause":"delivery","score":0.87}],"decided_by":{"kind":"model","version":"local/1"},"evidence":["опоздал"],"at":"2026-05-04T09:00:02.123456Z"},"answered_at":"2026-05-04T09:00:03.123456Z"},"owner_team":"logistics","problem":"pr_01a20019b50e74d092e02a593cdcd30d","routed_at":"2026-05-04T09:00:04.123456Z"},"filed_at":"2026-05-04T09:00:06.123456Z"},"captured_at":"2026-05-04T09:00:30.123456Z","updated_at":"2026-05-04T09:00:06.123456Z","revision":3}');

INSERT INTO public.gathering VALUES ('logistics', 1);

INSERT INTO public.installation_secret VALUES ('customer links', '\x2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a');

INSERT INTO public.issue VALUES ('is_01a20019b52f753ab6ce3d0fd12e8779', 0, 'pr_01a20019b50e74d092e02a593cdcd30d', 'board', 'logistics', '1', '<!-- mostik:pr_01a20019b50e74d092e02a593cdcd30d -->', '{"id":"is_01a20019b52f753ab6ce3d0fd12e8779","problem":"pr_01a20019b50e74d092e02a593cdcd30d","tracker":"board","project":"logistics","key":"1","url":"https://tracker.example/logistics/1","state":"open","told_count":1,"filed_at":"2026-05-04T09:00:06.123456Z","read_until":null,"revision":0}');

INSERT INTO public.job VALUES ('job_01a20019b4e172a88ec8c336fb3a5885', 'check-promise:pm_01a20019b4e074fcac24a5858a5d3250', 'tell', 'pm_01a20019b4e074fcac24a5858a5d3250', 'ready', 0, 1777887000123456, NULL, NULL, 1777885200123456, 1777885200123456, '{"job":"check_promise","promise":"pm_01a20019b4e074fcac24a5858a5d3250"}');
INSERT INTO public.job VALUES ('job_01a20019b4ea7532be0972a2e6075f01', 'check-promise:pm_01a20019b4ea7532be09729fb272da82', 'tell', 'pm_01a20019b4ea7532be09729fb272da82', 'ready', 0, 1777887000123456, NULL, NULL, 1777885200123456, 1777885200123456, '{"job":"check_promise","promise":"pm_01a20019b4ea7532be09729fb272da82"}');
INSERT INTO public.job VALUES ('job_01a20019b52975f7937d9730c6659f0d', 'transcribe:fb_01a20019b52975f7937d972dc8cb5853', 'transcribe', 'fb_01a20019b52975f7937d972dc8cb5853', 'ready', 0, 1777885230123456, NULL, NULL, 1777885230123456, 1777885230123456, '{"job":"transcribe","feedback":"fb_01a20019b52975f7937d972dc8cb5853"}');
INSERT INTO public.job VALUES ('job_01a20019b52975f7937d973197618549', 'check-promise:pm_01a20019b52975f7937d972ed827ff7d', 'tell', 'pm_01a20019b52975f7937d972ed827ff7d', 'ready', 0, 1777887008123456, NULL, NULL, 1777885230123456, 1777885230123456, '{"job":"check_promise","promise":"pm_01a20019b52975f7937d972ed827ff7d"}');
INSERT INTO public.job VALUES ('job_01a20019b4e074fcac24a587bc1a8e58', 'classify:fb_01a20019b4e074fcac24a584a457d6fb', 'classify', 'fb_01a20019b4e074fcac24a584a457d6fb', 'dead', 1, 1777885200123456, NULL, 'no such model', 1777885200123456, 1777885241123456, '{"job":"classify","feedback":"fb_01a20019b4e074fcac24a584a457d6fb"}');
INSERT INTO public.job VALUES ('job_01a20019b4ea7532be0972a12b6dc7af', 'classify:fb_01a20019b4ea7532be09729ec4ab0228', 'classify', 'fb_01a20019b4ea7532be09729ec4ab0228', 'done', 1, 1777885200123456, NULL, NULL, 1777885200123456, 1777885243123456, '{"job":"classify","feedback":"fb_01a20019b4ea7532be09729ec4ab0228"}');

INSERT INTO public.message VALUES ('msg_01a20019b4e074fcac24a5839743138c', 'web:form', 'm-1', 'fb_01a20019b4e074fcac24a584a457d6fb', true, 1777885200123456, '{"id":"msg_01a20019b4e074fcac24a5839743138c","inbox":"web:form","external_id":"m-1","conversation":"cv_01a20019b4e074fcac24a5821093a48a","feedback":"fb_01a20019b4e074fcac24a584a457d6fb","author":{"kind":"customer"},"text":"Курьер опоздал на три часа","at":"2026-05-04T09:00:00.123456Z"}');
INSERT INTO public.message VALUES ('msg_01a20019b4ea7532be09729d42513e33', 'web:form', 'm-2', 'fb_01a20019b4ea7532be09729ec4ab0228', true, 1777885200123456, '{"id":"msg_01a20019b4ea7532be09729d42513e33","inbox":"web:form","external_id":"m-2","conversation":"cv_01a20019b4ea7532be09729c7d634917","feedback":"fb_01a20019b4ea7532be09729ec4ab0228","author":{"kind":"customer"},"text":"The font is too small","at":"2026-05-04T09:00:00.123456Z"}');
INSERT INTO public.message VALUES ('msg_01a20019b52975f7937d972c0706c7bb', 'phone:support', 'call_01a20019b52975f7937d9729fac5eec5', 'fb_01a20019b52975f7937d972dc8cb5853', true, 1777885209123456, '{"id":"msg_01a20019b52975f7937d972c0706c7bb","inbox":"phone:support","external_id":"call_01a20019b52975f7937d9729fac5eec5","conversation":"cv_01a20019b52975f7937d972ba34317a9","feedback":"fb_01a20019b52975f7937d972dc8cb5853","author":{"kind":"customer"},"text":"","at":"2026-05-04T09:00:09.123456Z"}');

INSERT INTO public.notice VALUES ('no_01a20019b4e074fcac24a5865be4c99e', 'fb_01a20019b4e074fcac24a584a457d6fb', 'received', 'pending', 1777885200123456, '{"id":"no_01a20019b4e074fcac24a5865be4c99e","feedback":"fb_01a20019b4e074fcac24a584a457d6fb","kind":"received","text":"","state":{"name":"pending"},"created_at":"2026-05-04T09:00:00.123456Z"}');
INSERT INTO public.notice VALUES ('no_01a20019b4ea7532be0972a0eec777a4', 'fb_01a20019b4ea7532be09729ec4ab0228', 'received', 'pending', 1777885200123456, '{"id":"no_01a20019b4ea7532be0972a0eec777a4","feedback":"fb_01a20019b4ea7532be09729ec4ab0228","kind":"received","text":"","state":{"name":"pending"},"created_at":"2026-05-04T09:00:00.123456Z"}');
INSERT INTO public.notice VALUES ('no_01a20019b52975f7937d972f37c2762f', 'fb_01a20019b52975f7937d972dc8cb5853', 'received', 'sent', 1777885230123456, '{"id":"no_01a20019b52975f7937d972f37c2762f","feedback":"fb_01a20019b52975f7937d972dc8cb5853","kind":"received","text":"","state":{"name":"sent","at":"2026-05-04T09:00:08.123456Z"},"created_at":"2026-05-04T09:00:30.123456Z"}');

INSERT INTO public.problem VALUES ('pr_01a20019b50e74d092e02a593cdcd30d', 0, 'open', 'delivery', 'logistics', '{"id":"pr_01a20019b50e74d092e02a593cdcd30d","root_cause":"delivery","owner_team":"logistics","title":"Курьер опаздывает","pattern":"Курьер опаздывает","likeness_keys":[7,18446744073709551615],"state":{"name":"open"},"stage":"none","stage_since":"2026-05-04T09:00:03.123456Z","last_comment":null,"opened_at":"2026-05-04T09:00:03.123456Z","revision":0}');

INSERT INTO public.problem_likeness VALUES (7, 'pr_01a20019b50e74d092e02a593cdcd30d');
INSERT INTO public.problem_likeness VALUES (-1, 'pr_01a20019b50e74d092e02a593cdcd30d');

INSERT INTO public.promise VALUES ('pm_01a20019b4e074fcac24a5858a5d3250', 'fb_01a20019b4e074fcac24a584a457d6fb', 1777885200123456, '{"id":"pm_01a20019b4e074fcac24a5858a5d3250","feedback":"fb_01a20019b4e074fcac24a584a457d6fb","what":"first_answer","made_at":"2026-05-04T09:00:00.123456Z","due_at":"2026-05-04T09:30:00.123456Z","state":{"name":"due"}}');
INSERT INTO public.promise VALUES ('pm_01a20019b4ea7532be09729fb272da82', 'fb_01a20019b4ea7532be09729ec4ab0228', 1777885200123456, '{"id":"pm_01a20019b4ea7532be09729fb272da82","feedback":"fb_01a20019b4ea7532be09729ec4ab0228","what":"first_answer","made_at":"2026-05-04T09:00:00.123456Z","due_at":"2026-05-04T09:30:00.123456Z","state":{"name":"due"}}');
INSERT INTO public.promise VALUES ('pm_01a20019b52975f7937d972ed827ff7d', 'fb_01a20019b52975f7937d972dc8cb5853', 1777885208123456, '{"id":"pm_01a20019b52975f7937d972ed827ff7d","feedback":"fb_01a20019b52975f7937d972dc8cb5853","what":"first_answer","made_at":"2026-05-04T09:00:08.123456Z","due_at":"2026-05-04T09:30:08.123456Z","state":{"name":"due"}}');

INSERT INTO public.read_cursor VALUES ('github', 'shop/site', 1777885210123456);

INSERT INTO public.signal VALUES ('sg_01a20019b52f753ab6ce3d10247fbd23', 'is_01a20019b52f753ab6ce3d0fd12e8779', 'taken', 1777885209123456, '{"id":"sg_01a20019b52f753ab6ce3d10247fbd23","issue":"is_01a20019b52f753ab6ce3d0fd12e8779","key":"taken","stage":"acceptance","kind":"assignment","quote":"","at":"2026-05-04T09:00:09.123456Z","url":null}');

INSERT INTO public.transcript VALUES ('fb_01a20019b52975f7937d972dc8cb5853', '{"language":"ru","text":"Курьер не приехал","by":"whisper-base","confidence":0.5,"segments":[],"at":"2026-05-04T09:00:31.123456Z"}');

SELECT pg_catalog.setval('public.board_event_seq_seq', 1, true);

SELECT pg_catalog.setval('public.classification_seq_seq', 1, true);

ALTER TABLE ONLY public._sqlx_migrations
    ADD CONSTRAINT _sqlx_migrations_pkey PRIMARY KEY (version);

ALTER TABLE ONLY public.access_secret
    ADD CONSTRAINT access_secret_pkey PRIMARY KEY (kind, hash);

ALTER TABLE ONLY public.address
    ADD CONSTRAINT address_pkey PRIMARY KEY (kind, value);

ALTER TABLE ONLY public.board_event
    ADD CONSTRAINT board_event_pkey PRIMARY KEY (seq);

ALTER TABLE ONLY public.board_issue
    ADD CONSTRAINT board_issue_marker_key UNIQUE (marker);

ALTER TABLE ONLY public.board_issue
    ADD CONSTRAINT board_issue_number_key UNIQUE (number);

ALTER TABLE ONLY public.board_issue
    ADD CONSTRAINT board_issue_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.call
    ADD CONSTRAINT call_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.classification
    ADD CONSTRAINT classification_pkey PRIMARY KEY (seq);

ALTER TABLE ONLY public.conversation
    ADD CONSTRAINT conversation_customer_id_inbox_key UNIQUE (customer_id, inbox);

ALTER TABLE ONLY public.conversation
    ADD CONSTRAINT conversation_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.customer
    ADD CONSTRAINT customer_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.desk_user
    ADD CONSTRAINT desk_user_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.feedback
    ADD CONSTRAINT feedback_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.gathering
    ADD CONSTRAINT gathering_pkey PRIMARY KEY (owner_team);

ALTER TABLE ONLY public.installation_secret
    ADD CONSTRAINT installation_secret_pkey PRIMARY KEY (name);

ALTER TABLE ONLY public.issue
    ADD CONSTRAINT issue_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.issue
    ADD CONSTRAINT issue_problem_id_tracker_project_key UNIQUE (problem_id, tracker, project);

ALTER TABLE ONLY public.issue
    ADD CONSTRAINT issue_tracker_project_tracker_key_key UNIQUE (tracker, project, tracker_key);

ALTER TABLE ONLY public.job
    ADD CONSTRAINT job_dedup_key_key UNIQUE (dedup_key);

ALTER TABLE ONLY public.job
    ADD CONSTRAINT job_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.message
    ADD CONSTRAINT message_inbox_external_id_key UNIQUE (inbox, external_id);

ALTER TABLE ONLY public.message
    ADD CONSTRAINT message_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.notice
    ADD CONSTRAINT notice_feedback_id_kind_key UNIQUE (feedback_id, kind);

ALTER TABLE ONLY public.notice
    ADD CONSTRAINT notice_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.problem_likeness
    ADD CONSTRAINT problem_likeness_pkey PRIMARY KEY (likeness_key, problem_id);

ALTER TABLE ONLY public.problem
    ADD CONSTRAINT problem_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.promise
    ADD CONSTRAINT promise_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.read_cursor
    ADD CONSTRAINT read_cursor_pkey PRIMARY KEY (tracker, project);

ALTER TABLE ONLY public.signal
    ADD CONSTRAINT signal_issue_id_event_key_key UNIQUE (issue_id, event_key);

ALTER TABLE ONLY public.signal
    ADD CONSTRAINT signal_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.transcript
    ADD CONSTRAINT transcript_pkey PRIMARY KEY (feedback_id);

CREATE INDEX address_by_customer ON public.address USING btree (customer_id);

CREATE INDEX board_event_by_issue ON public.board_event USING btree (board_issue_id, seq);

CREATE INDEX board_issue_by_project ON public.board_issue USING btree (project, id);

CREATE INDEX classification_by_feedback ON public.classification USING btree (feedback_id, seq);

CREATE INDEX feedback_by_capture ON public.feedback USING btree (captured_at);

CREATE INDEX feedback_by_customer ON public.feedback USING btree (customer_id, id);

CREATE INDEX feedback_by_problem ON public.feedback USING btree (problem_id, id) WHERE (problem_id IS NOT NULL);

CREATE INDEX feedback_by_state ON public.feedback USING btree (state, id);

CREATE INDEX issue_by_marker ON public.issue USING btree (marker);

CREATE INDEX job_finished ON public.job USING btree (state, id, step) WHERE (state = ANY (ARRAY['done'::text, 'dead'::text]));

CREATE INDEX job_lane ON public.job USING btree (lane) WHERE (state = ANY (ARRAY['ready'::text, 'leased'::text]));

CREATE INDEX job_leased ON public.job USING btree (lane) WHERE (state = 'leased'::text);

CREATE INDEX job_waiting ON public.job USING btree (run_at, id) WHERE (state = ANY (ARRAY['ready'::text, 'leased'::text]));

CREATE INDEX message_by_feedback ON public.message USING btree (feedback_id, at, id);

CREATE INDEX notice_awaiting_call ON public.notice USING btree (created_at, id) WHERE (state = 'awaiting_call'::text);

CREATE INDEX problem_by_team ON public.problem USING btree (owner_team, id);

CREATE INDEX problem_likeness_by_problem ON public.problem_likeness USING btree (problem_id);

CREATE INDEX promise_by_feedback ON public.promise USING btree (feedback_id, made_at, id);

ALTER TABLE ONLY public.access_secret
    ADD CONSTRAINT access_secret_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.desk_user(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.address
    ADD CONSTRAINT address_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES public.customer(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.board_event
    ADD CONSTRAINT board_event_board_issue_id_fkey FOREIGN KEY (board_issue_id) REFERENCES public.board_issue(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.classification
    ADD CONSTRAINT classification_feedback_id_fkey FOREIGN KEY (feedback_id) REFERENCES public.feedback(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.conversation
    ADD CONSTRAINT conversation_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES public.customer(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.feedback
    ADD CONSTRAINT feedback_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES public.customer(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.feedback
    ADD CONSTRAINT feedback_problem_id_fkey FOREIGN KEY (problem_id) REFERENCES public.problem(id);

ALTER TABLE ONLY public.issue
    ADD CONSTRAINT issue_problem_id_fkey FOREIGN KEY (problem_id) REFERENCES public.problem(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.message
    ADD CONSTRAINT message_feedback_id_fkey FOREIGN KEY (feedback_id) REFERENCES public.feedback(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.notice
    ADD CONSTRAINT notice_feedback_id_fkey FOREIGN KEY (feedback_id) REFERENCES public.feedback(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.problem_likeness
    ADD CONSTRAINT problem_likeness_problem_id_fkey FOREIGN KEY (problem_id) REFERENCES public.problem(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.promise
    ADD CONSTRAINT promise_feedback_id_fkey FOREIGN KEY (feedback_id) REFERENCES public.feedback(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.signal
    ADD CONSTRAINT signal_issue_id_fkey FOREIGN KEY (issue_id) REFERENCES public.issue(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.transcript
    ADD CONSTRAINT transcript_feedback_id_fkey FOREIGN KEY (feedback_id) REFERENCES public.feedback(id) ON DELETE CASCADE;
