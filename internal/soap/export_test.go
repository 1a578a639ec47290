package soap

// HandedOver tells whether encoding/xml has taken over the reading of an answer.
func HandedOver(d *Decoder) bool { return d.raw != nil }
