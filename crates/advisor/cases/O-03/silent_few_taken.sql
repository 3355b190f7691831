-- fact: connections={"used": 79, "most": 100, "idle": 70}
select 1;
