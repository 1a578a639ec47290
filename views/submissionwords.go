package views

import (
	"context"
	"strings"
	"time"

	"storefront/internal/errkind"
	"storefront/internal/i18n"
	"storefront/internal/order"
)

// submissionWords says what is known, what is not, and what to do. The words "not created" are kept for states in which no
// order can exist.
func submissionWords(ctx context.Context, s SubmissionSource) string {
	sub := s.Submission
	if s.Answered != "" {
		return i18n.T(ctx, "submission.answered.words")
	}
	switch sub.State {
	case order.Confirmed:
		return confirmedWords(ctx, s)
	case order.NotSent:
		return notSentWords(ctx, sub)
	case order.Rejected:
		return i18n.T(ctx, "submission.rejected", "Reason", refusal(ctx, sub))
	case order.Uncertain:
		return uncertainWords(ctx, s)
	case order.NeedsBuyer:
		return i18n.N(ctx, "submission.needs_buyer", len(s.Candidates))
	case order.ProbablyNotCreated:
		return i18n.T(ctx, "submission.probably_not", "Span", lookedFor(ctx, sub.LastReadAt.Sub(sub.SentAt)),
			"Checks", i18n.N(ctx, "submission.checks", sub.ReadsOK), "Last", clock(ctx, sub.LastReadAt, s.Now).Text)
	case order.Closed:
		return i18n.T(ctx, "submission.closed")
	case order.LateFound:
		if repeat := s.repeat(); repeat != "" {
			return i18n.T(ctx, "submission.late_found.repeated", "Number", string(sub.OrderID), "Repeat", string(repeat))
		}
		return i18n.T(ctx, "submission.late_found", "Number", string(sub.OrderID))
	}
	return i18n.T(ctx, "submission.sending")
}

// submissionTitle names the state in a few words; of an order it names the number.
func submissionTitle(ctx context.Context, source SubmissionSource) string {
	s := source.Submission
	if source.Answered != "" {
		return i18n.T(ctx, "submission.answered", "Number", string(source.Answered))
	}
	if s.State == order.Confirmed && s.Evidence == order.EvidenceAnswer {
		return i18n.T(ctx, "submission.confirmed.answer", "Number", string(s.OrderID))
	}
	return i18n.T(ctx, "submission.title."+string(s.State))
}

// confirmedWords say how we know of the order; of an answer with its number the title has said all.
func confirmedWords(ctx context.Context, s SubmissionSource) string {
	sub := s.Submission
	switch sub.Evidence {
	case order.EvidenceList:
		return i18n.T(ctx, "submission.confirmed.list", "Number", string(sub.OrderID), "At", clock(ctx, sub.ChangedAt, s.Now).Text)
	case order.EvidenceBuyer:
		return i18n.T(ctx, "submission.confirmed.buyer", "Number", string(sub.OrderID))
	}
	return ""
}

func notSentWords(ctx context.Context, s order.Submission) string {
	if s.Twin != "" {
		return i18n.T(ctx, "submission.not_sent.twin", "Number", string(s.Twin))
	}
	switch errkind.Kind(s.FaultKind) {
	case errkind.AccessDenied, errkind.SignedOut:
		return i18n.T(ctx, "submission.not_sent.password")
	case errkind.Internal, "":
		return i18n.T(ctx, "submission.not_sent.interrupted")
	}
	return i18n.T(ctx, "submission.not_sent")
}

func uncertainWords(ctx context.Context, s SubmissionSource) string {
	sub := s.Submission
	if sub.Answered && refusing(errkind.Kind(sub.FaultKind)) {
		return i18n.T(ctx, "submission.unknown.refused", "Reason", refusal(ctx, sub)) + " " + checkWords(ctx, s)
	}
	return i18n.T(ctx, "submission.unknown") + " " + checkWords(ctx, s)
}

// refusing tells the kinds by which the service itself says no. An answer without a number is none.
func refusing(k errkind.Kind) bool {
	switch k {
	case errkind.AccessDenied, errkind.NonAuthorized, errkind.Contract, errkind.BusinessLogic, errkind.Technical:
		return true
	}
	return false
}

func checkWords(ctx context.Context, s SubmissionSource) string {
	sub := s.Submission
	if sub.LastReadAt.IsZero() {
		return i18n.T(ctx, "submission.unknown.first_check")
	}
	next := sub.NextReadAt.Sub(s.Now)
	if next < time.Second {
		return i18n.T(ctx, "submission.unknown.checking", "At", seconds(sub.LastReadAt, s.Now).Text)
	}
	return i18n.T(ctx, "submission.unknown.checked", "At", seconds(sub.LastReadAt, s.Now).Text, "Seconds", int(next.Round(time.Second).Seconds()))
}

// refusal is the service's own reason, or ours for its code where it gave none that may be shown.
func refusal(ctx context.Context, s order.Submission) string {
	if s.FaultText != "" {
		return quoted(ctx, s.FaultText)
	}
	switch errkind.Kind(s.FaultKind) {
	case errkind.AccessDenied:
		return i18n.T(ctx, "submission.reason.access")
	case errkind.NonAuthorized:
		return i18n.T(ctx, "submission.reason.right")
	case errkind.Technical:
		return i18n.T(ctx, "submission.reason.technical")
	}
	return i18n.T(ctx, "submission.reason.none")
}

func noteWords(ctx context.Context, s order.Submission) string {
	switch {
	case s.NoteSent:
		return i18n.T(ctx, "submission.note.sent")
	case s.NoteError != "":
		return i18n.T(ctx, "submission.note.refused", "Reason", quoted(ctx, s.NoteError))
	case s.State == order.Confirmed:
		return i18n.T(ctx, "submission.note.kept")
	}
	return ""
}

// quoted puts the service's words into quotation marks, without their full stop: a sentence of ours goes on behind them.
func quoted(ctx context.Context, text string) string {
	return i18n.T(ctx, "submission.reason.quoted", "Text", strings.TrimRight(text, ". "))
}

// lookedFor is how long the list was watched: seconds after a refusal, minutes where there was no answer at all.
func lookedFor(ctx context.Context, d time.Duration) string {
	if d < 90*time.Second {
		return i18n.N(ctx, "submission.span.seconds", int(d.Round(time.Second)/time.Second))
	}
	return i18n.N(ctx, "submission.span.minutes", int(d.Round(time.Minute)/time.Minute))
}
