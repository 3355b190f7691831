-- fact: connections={"used": 96, "most": 100, "idle": 70}
-- level: error
-- fix: none
select 1;
