package emulator

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// refuse answers with the fault of a rule, or with the page of a proxy where the code is an HTTP status.
func (s *Server) refuse(w http.ResponseWriter, code string) {
	if status, err := strconv.Atoi(code); err == nil && status >= 200 && status <= 599 {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.WriteHeader(status)
		_, _ = fmt.Fprintf(w, "<html><head><title>%[1]d %[2]s</title></head><body><h1>%[1]d %[2]s</h1><hr>proxy</body></html>\n", status, http.StatusText(status))
		return
	}
	if code == "" {
		code = technical
	}
	s.writeFault(w, &fault{code, refusal(code)})
}

// refusal is what the service says with a code when it refuses for a rule's sake.
func refusal(code string) string {
	switch code {
	case accessDenied:
		return "Пользователь с указанной парой логин и пароль не найден."
	case nonAuthorized:
		return "Недостаточно прав для выполнения операции."
	case businessLogic, businessLogicTypo:
		return "Операция отклонена учётной системой."
	case contractError:
		return "Параметры вызова имеют некорректные значения."
	case actionNotSupported:
		return "The message cannot be processed at the receiver, due to a ContractFilter mismatch at the EndpointDispatcher."
	case deserializationFailed:
		return "The formatter threw an exception while trying to deserialize the message."
	case internalServiceFault:
		return "The server was unable to process the request due to an internal error."
	}
	return "Запрос не может быть выполнен по техническим причинам."
}

// pieces is how many parts a slow answer comes in.
const pieces = 64

// spoil sends a finished answer the way a rule wants it damaged.
func (s *Server) spoil(ctx context.Context, w http.ResponseWriter, rule Rule, body []byte) {
	switch rule.Effect {
	case Truncate:
		body = body[:len(body)/2]
	case Garble:
		garble(body)
	case Blank, Omit, Double:
		body = misresult(rule.Effect, body)
	case Slow:
		s.dribble(ctx, w, body, time.Duration(rule.Delay))
		return
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	_, _ = w.Write(body)
}

// garble damages the middle of an answer so that it is neither XML nor UTF-8.
func garble(body []byte) {
	copy(body[len(body)/2:], "\xff\xfe<\x00\xd0")
}

// misresult leaves the result element of an answer empty, takes it away, or writes it twice.
func misresult(effect Effect, body []byte) []byte {
	const end = "Result>"
	last := bytes.LastIndex(body, []byte(end))
	if last < 0 {
		return body // an operation that answers nothing
	}
	closing := bytes.LastIndex(body[:last], []byte("</"))
	name := string(body[closing+2 : last])
	opening := bytes.Index(body, []byte("<"+name+"Result "))
	inside := opening + bytes.IndexByte(body[opening:], '>') + 1
	before, element, after := body[:opening], body[opening:last+len(end)], body[last+len(end):]
	switch effect {
	case Omit:
		return slices.Concat(before, after)
	case Double:
		return slices.Concat(before, element, element, after)
	}
	return slices.Concat(body[:inside], body[closing:])
}

// dribble sends body in pieces spread over a time.
func (s *Server) dribble(ctx context.Context, w http.ResponseWriter, body []byte, over time.Duration) {
	flusher := http.NewResponseController(w)
	size := len(body)/pieces + 1
	for len(body) > 0 {
		n := min(size, len(body))
		if _, err := w.Write(body[:n]); err != nil {
			return
		}
		_ = flusher.Flush() // a writer that can't flush only sends more at once
		body = body[n:]
		if len(body) > 0 && !s.wait(ctx, over/pieces) {
			panic(http.ErrAbortHandler)
		}
	}
}
