package state

import "storefront/store/sqlite"

// DB gives tests the files themselves.
func (s *Store) DB() *sqlite.DB    { return s.db.db }
func (s *Sessions) DB() *sqlite.DB { return s.db }
