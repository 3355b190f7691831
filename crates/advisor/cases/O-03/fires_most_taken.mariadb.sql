-- fact: connections={"used": 82, "most": 100, "idle": 70}
-- fix: none
select 1;
