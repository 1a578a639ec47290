package emulator

import (
	"slices"
	"strconv"

	"storefront/internal/vtt/portal"
)

// measure fills sizes and weights: of the package of NumberInPackage pieces, and of one piece.
func (g *generator) measure(d draft, dto *portal.ItemDto) {
	packed := []int64{1, 1, 1, 2, 5, 10, 12, 20, 24, 50}[g.random.IntN(10)]
	if d.group.weight > 4000 {
		packed = 1
	}
	dto.NumberInPackage = pieces64(packed)
	dto.TnvedCode = portal.Text(d.group.tnved)
	if g.percent(6) {
		g.unmeasured(dto)
		return
	}
	net := d.group.weight * (80 + g.random.Int64N(41)) / 100
	gross := net + net/8 + 2
	width, height, depth := g.length(gross), g.length(gross), g.length(gross)
	dto.NetWeight, dto.GrossWeight, dto.Weight = thousandths(net), thousandths(gross), thousandths(gross*packed+150)
	dto.GrossWidth, dto.GrossHeight, dto.GrossDepth = thousandths(width), thousandths(height), thousandths(depth)
	dto.GrossVolume = millionths(width * height * depth / 1000)
	dto.Width, dto.Height, dto.Depth = thousandths(width*packed), thousandths(height), thousandths(depth)
}

// unmeasured says nothing about sizes, in the three ways there are.
func (g *generator) unmeasured(dto *portal.ItemDto) {
	for _, v := range []*portal.Value{
		&dto.NetWeight, &dto.GrossWeight, &dto.Weight, &dto.GrossWidth, &dto.GrossHeight, &dto.GrossDepth, &dto.GrossVolume, &dto.Width, &dto.Height, &dto.Depth,
	} {
		if g.percent(50) {
			*v = portal.Null()
		}
	}
}

// length draws the side of a box that holds so many grams, in thousandths of the unit of length.
func (g *generator) length(grams int64) int64 {
	side := int64(40)
	for side*side*side < grams*4000 && side < 600 {
		side += 20
	}
	return side * (70 + g.random.Int64N(61)) / 100
}

func thousandths(n int64) portal.Value { return portal.Text(fixed(n, 3)) }

func millionths(n int64) portal.Value { return portal.Text(fixed(n, 6)) }

// fixed writes n, not negative, with its last digits after a point.
func fixed(n int64, digits int) string {
	var room [24]byte
	text := strconv.AppendInt(room[:0], n, 10)
	for len(text) <= digits {
		text = slices.Insert(text, 0, '0')
	}
	return string(slices.Insert(text, len(text)-digits, '.'))
}

// tnved is the customs code of a root category.
func tnved(root string) string {
	code, ok := map[string]string{
		"CARTLAS": "8443999009", "CARTINJ": "8443999009", "CARTMAT": "9612101000", "DRM": "8443999009", "TNR": "3707902000", "DEV": "3707902000",
		"INK": "3215190000", "CHIP": "8542323900", "MEDIA": "4811900000", "TOOLS": "3405900000", "EQUIP": "8443321000",
	}[root]
	if !ok {
		return "8443999009"
	}
	return code
}
