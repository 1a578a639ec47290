package buyer_test

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"storefront/internal/buyer"
)

func TestRegisterKnowsWhoIsHere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := buyer.NewRegister(time.Now)
		start := time.Now()
		r.Prove(credentials("anna", "а"))
		time.Sleep(10 * time.Minute)
		r.Put(credentials("boris", "б"), time.Now())
		if got := r.Active(start); !slices.Equal(got, []buyer.ID{"boris", "anna"}) {
			t.Errorf("here: %v, want the latest first", got)
		}
		if got := r.Active(time.Now().Add(-5 * time.Minute)); !slices.Equal(got, []buyer.ID{"boris"}) {
			t.Errorf("here lately: %v", got)
		}
		time.Sleep(10 * time.Minute)
		r.Put(credentials("anna", "а"), time.Now())
		if got := r.Active(start); got[0] != "anna" {
			t.Errorf("after a request: %v", got)
		}
		r.DropIdle(time.Now().Add(-5 * time.Minute))
		if got := r.Active(start); !slices.Equal(got, []buyer.ID{"anna"}) {
			t.Errorf("after the idle were dropped: %v", got)
		}
		r.Drop("anna")
		if _, ok := r.Get("anna"); ok {
			t.Error("credentials are left after signing out")
		}
	})
}

func TestARequestUnderWayDoesNotUndoASignOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := buyer.NewRegister(time.Now)
		anna := credentials("anna", "а")
		r.Prove(anna)
		began := time.Now()
		time.Sleep(time.Millisecond)
		r.Drop("anna")
		if r.Put(anna, began); len(r.Active(time.Time{})) != 0 {
			t.Error("the request brought the credentials back")
		}
		time.Sleep(time.Millisecond)
		if r.Put(anna, time.Now()); len(r.Active(time.Time{})) != 1 {
			t.Error("another browser's session was shut out")
		}
	})
}

func TestLoginsAreNeverFolded(t *testing.T) {
	r := buyer.NewRegister(time.Now)
	r.Put(credentials("Dealer", "1"), time.Now())
	r.Put(credentials("dealer", "2"), time.Now())
	got, _ := r.Get("Dealer")
	if got.Password.Reveal() != "1" {
		t.Error("one login took the credentials of another")
	}
}

// Refused credentials stay refused until a sign-in proves them; others of the same login are not touched.
func TestRefusedCredentialsAreNotUsedAgain(t *testing.T) {
	r := buyer.NewRegister(time.Now)
	old, changed := credentials("dealer", "старый"), credentials("dealer", "новый")
	r.Prove(old)
	r.Refuse(old)
	if _, ok := r.Get("dealer"); ok || !r.Refused(old) {
		t.Error("refused credentials can still be had")
	}
	if r.Put(old, time.Now()) {
		t.Error("a session goes on with refused credentials")
	}
	r.Prove(changed)
	if r.Put(old, time.Now()) || r.Refused(changed) {
		t.Error("the old password came back, or took the new one along")
	}
	if got, _ := r.Get("dealer"); !got.Equal(changed) {
		t.Error("the new password is not the one in use")
	}
	r.Refuse(old) // a late answer to the old one
	if _, ok := r.Get("dealer"); !ok {
		t.Error("refusing the old password dropped the new one")
	}
	r.Prove(old) // set back at the distributor
	if !r.Put(old, time.Now()) {
		t.Error("a sign-in did not prove the password anew")
	}
}
