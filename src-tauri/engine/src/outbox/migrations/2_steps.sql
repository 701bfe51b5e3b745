-- Acts that their platform takes in steps (DESIGN, outbox 10). An entry from before is one that nothing has been taken of.

ALTER TABLE outbox ADD COLUMN progress TEXT; -- JSON: the steps taken, with what each brought, and those left; NULL: none taken
ALTER TABLE outbox ADD COLUMN mark TEXT; -- what was newest at a platform without keys before the current step's first attempt
ALTER TABLE outbox ADD COLUMN missed_at INTEGER; -- when an attempt in doubt was first looked for in vain, by the platform's clock
