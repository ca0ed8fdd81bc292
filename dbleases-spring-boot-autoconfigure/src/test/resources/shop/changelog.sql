--liquibase formatted sql

--changeset shop:1 splitStatements:false
-- Must come before the tables of dbleases: a migration of an empty schema needs no baseline.
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_tables WHERE tablename LIKE 'dbleases%') THEN
        RAISE EXCEPTION 'The application is not the first';
    END IF;
END
$$;
CREATE TABLE shop (id int);
