package state

import (
	"context"
	"database/sql"
	"time"

	"storefront/store/sqlite"
)

// Outcomes are what became of all buyers' submissions, for the operator.
type Outcomes struct {
	Unknown, EverUnknown, LateFound, Resent int
	// Certainty is the median time from not knowing what became of a submission to knowing; zero before the first.
	Certainty time.Duration
}

// Outcomes counts what became of all buyers' submissions. It tells nothing about any of them.
func (s *Store) Outcomes(ctx context.Context) (o Outcomes, err error) {
	var median sql.NullInt64
	err = s.db.Ask(ctx, func(ctx context.Context, q sqlite.Querier) error {
		return q.QueryRowContext(ctx, `WITH
			doubts AS (
				SELECT e.submission_id, e.at AS began,
					(SELECT MIN(next.at) FROM submission_events AS next WHERE next.submission_id = e.submission_id AND next.id > e.id) AS ended
				FROM submission_events AS e WHERE e.state = 'UNKNOWN'),
			waits AS (
				SELECT ended - began AS wait, ROW_NUMBER() OVER (ORDER BY ended - began) AS place, COUNT(*) OVER () AS total
				FROM doubts WHERE ended IS NOT NULL)
			SELECT (SELECT COUNT(*) FROM submissions WHERE state = 'UNKNOWN' AND is_open = 1),
				(SELECT COUNT(DISTINCT submission_id) FROM doubts),
				(SELECT COUNT(*) FROM submissions WHERE state = 'LATE_FOUND'),
				(SELECT COUNT(*) FROM submissions WHERE parent_id <> ''),
				(SELECT wait FROM waits WHERE place = (total + 1) / 2)`).
			Scan(&o.Unknown, &o.EverUnknown, &o.LateFound, &o.Resent, &median)
	})
	o.Certainty = time.Duration(median.Int64) * time.Microsecond
	return o, err
}
