package portal

import "errors"

// ErrUnpublished means that the contract has no such operation. Nothing was sent.
var ErrUnpublished = errors.New("the operation is not published")

// Contract is what a service publishes: its operations with the names, parameters and types that it uses. It is immutable.
type Contract struct{ operations map[Op]Operation }

// NewContract makes a contract of operations.
func NewContract(operations []Operation) Contract {
	c := Contract{operations: make(map[Op]Operation, len(operations))}
	for _, o := range operations {
		c.operations[o.Op] = o
	}
	return c
}

// DefaultContract is the current age as documented: what holds for a service whose own WSDL was not read.
func DefaultContract() Contract { return NewContract(Operations(Current)) }

// Operation finds an operation.
func (c Contract) Operation(op Op) (Operation, bool) {
	o, ok := c.operations[op]
	return o, ok
}
