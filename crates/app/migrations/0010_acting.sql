-- Acting as somebody else than the login.

-- JSON: whom the connection's tabs act as at first. NULL is the login.
ALTER TABLE profiles ADD COLUMN actor TEXT;
-- As whom a statement ran, in words. NULL is the login.
ALTER TABLE history ADD COLUMN acting TEXT;
ALTER TABLE audit ADD COLUMN acting TEXT;
