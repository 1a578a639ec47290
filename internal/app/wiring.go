package app

import (
	"time"

	"storefront/internal/buyer"
	"storefront/internal/config"
	"storefront/internal/order"
	"storefront/internal/seal"
)

// submissionSealer seals credentials to a submission with the storefront's keys.
type submissionSealer struct{ keys *seal.Keys }

func (s submissionSealer) SealFor(id order.SubmissionID, c buyer.Credentials) ([]byte, error) {
	return s.keys.SealSubmission(string(id), c.Pack())
}

func (s submissionSealer) OpenFor(id order.SubmissionID, sealed []byte) (buyer.Credentials, error) {
	packed, err := s.keys.OpenSubmission(string(id), sealed)
	if err != nil {
		return buyer.Credentials{}, err
	}
	return buyer.Unpack(packed)
}

// serviceAccount is the account that keeps the catalogue warm, if there is one.
func serviceAccount(s config.Storefront) *buyer.Credentials {
	if s.VTTLogin == "" {
		return nil
	}
	return &buyer.Credentials{Login: s.VTTLogin, Password: s.VTTPassword}
}

// observers reports a call to everybody who watches calls.
func observers(watch ...func(operation string, took time.Duration, err error)) func(string, time.Duration, error) {
	return func(operation string, took time.Duration, err error) {
		for _, w := range watch {
			w(operation, took, err)
		}
	}
}
