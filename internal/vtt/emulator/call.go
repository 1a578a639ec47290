package emulator

import (
	"bytes"
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"
	"time"

	"storefront/internal/vtt/portal"
)

// maxRequest bounds a request: an order of a few thousand lines is far below it.
const maxRequest = 4 << 20

// call is one authenticated call on its way through an operation.
type call struct {
	account Account
	args    *arguments
	host    string // as the caller addressed us: links in answers lead back to it
	rule    Rule
}

// serveCall answers one SOAP call: read, misbehave if a rule says so, perform, answer.
func (s *Server) serveCall(w http.ResponseWriter, r *http.Request) {
	if media, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); media != "text/xml" {
		http.Error(w, "Cannot process the message because the content type was not the expected type 'text/xml; charset=utf-8'.", http.StatusUnsupportedMediaType)
		return
	}
	action := strings.Trim(r.Header.Get("SOAPAction"), `"`)
	op, known := s.operations[strings.TrimPrefix(action, portal.ActionPrefix)]
	if !known || action != op.Action() {
		s.writeFault(w, &fault{actionNotSupported, "The message with Action '" + action + "' cannot be processed at the receiver, due to a ContractFilter mismatch at the EndpointDispatcher."})
		return
	}
	args, err := readCall(http.MaxBytesReader(w, r.Body, maxRequest), op, s.age)
	if err != nil {
		s.writeError(w, err)
		return
	}
	s.counts.receive(op.Name)
	s.answer(w, r, op, args)
}

// answer performs a call under the rule that applies to it.
func (s *Server) answer(w http.ResponseWriter, r *http.Request, op portal.Operation, args *arguments) {
	ctx := r.Context()
	if op.Writes {
		ctx = context.WithoutCancel(ctx) // a caller who has gone away does not stop what the service does
	}
	s.catchUp()
	rule := s.rules.match(op.Name, args.text("login"))
	if done := s.beforePerforming(ctx, w, rule); done {
		return
	}
	s.evade(r, rule, op, args)
	answer, err := s.perform(op, args, r.Host, rule)
	if err != nil {
		s.writeError(w, err)
		return
	}
	if !s.wait(ctx, s.options.Delay) {
		panic(http.ErrAbortHandler)
	}
	s.evadeAfter(r, rule, args)
	s.afterPerforming(ctx, w, rule, func(to io.Writer) error { return writeAnswer(to, op, s.dialect(), answer) })
}

// beforePerforming applies the effects that come before an operation; done means that it must not be performed.
func (s *Server) beforePerforming(ctx context.Context, w http.ResponseWriter, rule Rule) (done bool) {
	switch rule.Effect {
	case Refuse:
		s.refuse(w, rule.Code)
		return true
	case Drop:
		panic(http.ErrAbortHandler)
	case Delay:
		if !s.wait(ctx, time.Duration(rule.Delay)) {
			panic(http.ErrAbortHandler)
		}
	}
	return false
}

// afterPerforming answers, or does to the answer what the rule says.
func (s *Server) afterPerforming(ctx context.Context, w http.ResponseWriter, rule Rule, write func(io.Writer) error) {
	w.Header().Set("Content-Type", "text/xml; charset=utf-8")
	switch rule.Effect {
	case PerformAndDrop:
		panic(http.ErrAbortHandler)
	case PerformAndFault:
		s.refuse(w, rule.Code)
	case Slow, Truncate, Garble, Blank, Omit, Double:
		var body bytes.Buffer
		_ = write(&body) // a Buffer never fails
		s.spoil(ctx, w, rule, body.Bytes())
	default:
		if write(w) != nil {
			panic(http.ErrAbortHandler) // the caller has gone
		}
	}
}

// wait lets emulated slowness pass in real time. It returns false when the caller has gone or the emulator closes.
func (s *Server) wait(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return true
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
	case <-s.closing:
	}
	return false
}

// perform checks who calls, does the operation and counts it.
func (s *Server) perform(op portal.Operation, args *arguments, host string, rule Rule) (result, error) {
	account, ok := s.authenticate(args.text("login"), args.text("password"))
	if !ok {
		return nil, &fault{accessDenied, "Пользователь с указанной парой логин и пароль не найден."}
	}
	if op.NeedsRight && !account.Edit {
		return nil, &fault{nonAuthorized, "Недостаточно прав для выполнения операции " + op.Name + "."}
	}
	answer, err := s.handlers[op.Op](s, call{account, args, host, rule})
	if err != nil {
		return nil, err
	}
	s.counts.perform(op.Name)
	return answer, nil
}

// writeError answers with a fault; what is not one is trouble of our own.
func (s *Server) writeError(w http.ResponseWriter, err error) {
	f := (*fault)(nil)
	if !errors.As(err, &f) {
		f = &fault{technical, "Запрос не может быть выполнен по техническим причинам: " + err.Error()}
	}
	s.writeFault(w, f)
}
