package sqlite

import "testing"

func TestVersionsAreComparedByNumber(t *testing.T) {
	tests := map[string]bool{
		"3.51.3": true, "3.51.10": true, "3.52.0": true, "3.54.1": true, "4.0.0": true,
		"3.51.2": false, "3.9.99": false, "3.51": false, "2.99.99": false, "": false, "3.x.1": false,
	}
	for version, want := range tests {
		if got := atLeast(version, MinVersion); got != want {
			t.Errorf("atLeast(%q) = %v", version, got)
		}
	}
}
