-- Figures of alarm performance straight from the tables of alarms.sqlite, written apart from the program that reports them.
-- Parameters: @from, @to (ms, [from, to)). Numbers of events and states are those of docs/alarm-journal.md.
WITH row_ AS (
  SELECT event.sequence, alarm.id, alarm.priority, event.timestamp, event.timestamp + event.lag AS received,
         event.code & 31 AS what,            -- 0 active 1 returned 2 acknowledged 4 re-alarmed 6 unshelved 8 unsuppressed 10 back in service
         (event.code >> 5) & 15 AS state,    -- 1 unacknowledged 2 acknowledged 6 shelved 7 suppressed 8 out of service
         (event.code >> 13) & 1 AS active,
         (event.code >> 15) & 1 AS test,
         event.occurrence, word.text AS person,
         -- commands have the time of the station, samples that of their source: the time of one alarm does not run backwards
         max(event.timestamp) OVER (PARTITION BY alarm.id ORDER BY event.sequence ROWS UNBOUNDED PRECEDING) AS at
  FROM event JOIN alarm ON alarm.number = event.alarm LEFT JOIN word ON word.number = event.user
),
called AS (
  SELECT * FROM row_ WHERE what IN (0, 4, 6, 8, 10) AND state = 1 AND active AND NOT test
),
in_span AS (SELECT * FROM called WHERE timestamp >= @from AND timestamp < @to),
by_period AS (SELECT CAST((timestamp - @from) / 600000 AS INTEGER) AS period, count(*) AS many FROM in_span GROUP BY 1),
course AS (                                  -- what each alarm was from each row to the next
  SELECT id, state, active, test, at AS start, sequence,
         coalesce(lead(at) OVER (PARTITION BY id ORDER BY sequence), @to) AS finish
  FROM row_ WHERE timestamp < @to
),
cut AS (
  SELECT *, max(0, min(finish, @to) - max(start, @from)) AS part FROM course
),
answer AS (                                  -- the first row after each call that answers it or makes it void
  SELECT call.sequence, call.received,
         (SELECT min(later.sequence) FROM row_ AS later
          WHERE later.id = call.id AND later.sequence > call.sequence AND later.timestamp < @to
            AND (later.what IN (2, 3) OR later.state NOT IN (1, 3, 4)
                 OR (later.what IN (0, 4, 6, 8, 10) AND later.state = 1 AND later.active))) AS answered
  FROM in_span AS call
),
waited AS (
  SELECT row_.received - answer.received AS ms FROM answer JOIN row_ ON row_.sequence = answer.answered
  WHERE row_.what IN (2, 3) AND row_.person <> ''
),
gone AS (                                    -- occurrences that returned in the span while they were annunciated
  SELECT row_.id, row_.at - start.at AS ms, row_.sequence, row_.occurrence
  FROM row_ JOIN row_ AS start ON start.sequence = row_.occurrence
  WHERE row_.what = 1 AND NOT row_.test AND row_.state NOT IN (6, 7, 8) AND row_.timestamp >= @from AND row_.timestamp < @to
),
window_ AS (
  SELECT timestamp, sequence, id,
         count(*) OVER (ORDER BY timestamp RANGE BETWEEN 599999 PRECEDING AND CURRENT ROW) AS many
  FROM called WHERE timestamp < @to
),
triple AS (
  SELECT id, timestamp, lag(timestamp, 2) OVER (PARTITION BY id ORDER BY sequence) AS third_last
  FROM in_span WHERE what = 0
)
SELECT
  (SELECT count(*) FROM in_span) AS annunciated,
  (SELECT max(many) FROM by_period) AS most_in_period,
  (SELECT min(period) FROM by_period WHERE many = (SELECT max(many) FROM by_period)) AS period_of_most,
  (SELECT count(*) FROM by_period WHERE many > 10) AS periods_over_ten,
  (SELECT min(timestamp) FROM window_ WHERE many >= 10 AND timestamp >= @from) AS flood_start,
  (SELECT json_group_array(json_array(id, many) ORDER BY many DESC, id)
   FROM (SELECT id, count(*) AS many FROM in_span GROUP BY id)) AS by_alarm,
  (SELECT json_group_object(priority, many) FROM (SELECT priority, count(*) AS many FROM in_span GROUP BY priority)) AS by_priority,
  (SELECT count(*) FROM waited) AS acknowledged,
  (SELECT sum(ms) FROM waited) AS waited_ms,
  (SELECT count(*) FROM answer WHERE answered IS NULL) AS open_,
  (SELECT sum(part) FROM cut WHERE active AND NOT test AND state NOT IN (6, 7, 8)) AS standing_ms,
  (SELECT coalesce(sum(part), 0) FROM cut WHERE state = 6) AS shelved_ms,
  (SELECT coalesce(sum(part), 0) FROM cut WHERE state = 7) AS suppressed_ms,
  (SELECT count(*) FROM row_ WHERE what = 0 AND state IN (6, 7, 8) AND NOT test AND timestamp >= @from AND timestamp < @to) AS spared,
  (SELECT count(*) FROM gone) AS returned,
  (SELECT sum(ms) FROM gone) AS returned_ms,
  (SELECT count(*) FROM gone WHERE ms < 10000 AND NOT EXISTS (
     SELECT 1 FROM row_ WHERE row_.id = gone.id AND row_.person <> ''
       AND row_.sequence > gone.occurrence AND row_.sequence < gone.sequence)) AS fleeting,
  (SELECT count(DISTINCT id) FROM triple WHERE timestamp - third_last < 60000) AS chattering,
  (SELECT count(*) FROM cut WHERE active AND NOT test AND state NOT IN (6, 7, 8) AND finish = @to AND part > 0) AS standing_at_end
