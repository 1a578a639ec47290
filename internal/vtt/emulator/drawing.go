package emulator

import (
	"image"
	"image/color"
	"image/draw"
	"math"

	"golang.org/x/image/vector"
)

// Size of pictures, in pixels.
const (
	photoWidth  = 480
	photoHeight = 360
)

// canvas is a picture in the making.
type canvas struct {
	picture *image.RGBA
	pen     *vector.Rasterizer
	ink     color.RGBA // of the goods
}

// newCanvas is a light background with a soft shadow where the goods will stand.
func newCanvas(ink color.RGBA) *canvas {
	c := &canvas{picture: image.NewRGBA(image.Rect(0, 0, photoWidth, photoHeight)), pen: vector.NewRasterizer(photoWidth, photoHeight), ink: ink}
	for y := range photoHeight {
		shade := uint8(250 - 14*y/photoHeight)
		draw.Draw(c.picture, image.Rect(0, y, photoWidth, y+1), image.NewUniform(color.RGBA{shade, shade, shade + 3, 255}), image.Point{}, draw.Src)
	}
	for i := range 6 {
		c.ellipse(240, 292, float64(190-i*12), float64(22-i*2), color.RGBA{0, 0, 0, 8})
	}
	return c
}

// polygon fills the area inside points x, y, x, y, … Only the rectangle around them is rasterized.
func (c *canvas) polygon(paint color.RGBA, points ...float64) {
	area := bounds(points).Intersect(c.picture.Bounds())
	c.pen.Reset(area.Dx(), area.Dy())
	for i := 0; i < len(points); i += 2 {
		x, y := float32(points[i])-float32(area.Min.X), float32(points[i+1])-float32(area.Min.Y)
		if i == 0 {
			c.pen.MoveTo(x, y)
		} else {
			c.pen.LineTo(x, y)
		}
	}
	c.pen.ClosePath()
	c.pen.Draw(c.picture, area, image.NewUniform(color.NRGBA(paint)), image.Point{})
}

// bounds is the smallest rectangle of whole pixels around points.
func bounds(points []float64) image.Rectangle {
	left, top, right, bottom := points[0], points[1], points[0], points[1]
	for i := 2; i < len(points); i += 2 {
		left, right = min(left, points[i]), max(right, points[i])
		top, bottom = min(top, points[i+1]), max(bottom, points[i+1])
	}
	return image.Rect(int(math.Floor(left)), int(math.Floor(top)), int(math.Ceil(right)), int(math.Ceil(bottom)))
}

// box fills a rectangle with round corners.
func (c *canvas) box(x, y, width, height, radius float64, paint color.RGBA) {
	var points []float64
	for corner, centre := range [][2]float64{
		{x + width - radius, y + height - radius}, {x + radius, y + height - radius}, {x + radius, y + radius}, {x + width - radius, y + radius},
	} {
		for step := range 9 {
			angle := (float64(corner) + float64(step)/8) * math.Pi / 2
			points = append(points, centre[0]+radius*math.Cos(angle), centre[1]+radius*math.Sin(angle))
		}
	}
	c.polygon(paint, points...)
}

// ellipse fills an ellipse around a centre.
func (c *canvas) ellipse(x, y, width, height float64, paint color.RGBA) {
	var points []float64
	for step := range 64 {
		angle := float64(step) * math.Pi / 32
		points = append(points, x+width*math.Cos(angle), y+height*math.Sin(angle))
	}
	c.polygon(paint, points...)
}

// tube fills a lying cylinder with a highlight along it and a round end.
func (c *canvas) tube(x, y, width, height float64, paint color.RGBA) {
	c.box(x, y, width, height, height/2, darker(paint))
	c.box(x, y, width-height/6, height, height/2, paint)
	c.box(x+height/2, y+height/6, width-height, height/6, height/12, lighter(paint))
	c.ellipse(x+width-height/2, y+height/2, height/5, height/2.2, darker(paint))
}

func darker(p color.RGBA) color.RGBA { return blend(p, color.RGBA{20, 22, 28, 255}, 35) }

func lighter(p color.RGBA) color.RGBA { return blend(p, color.RGBA{255, 255, 255, 255}, 40) }

// blend mixes percent of q into p.
func blend(p, q color.RGBA, percent int) color.RGBA {
	mix := func(a, b uint8) uint8 { return uint8((int(a)*(100-percent) + int(b)*percent) / 100) }
	return color.RGBA{mix(p.R, q.R), mix(p.G, q.G), mix(p.B, q.B), 255}
}

// inkColour is how a colour of toner or ink looks.
func inkColour(code string) color.RGBA {
	switch code {
	case "C":
		return color.RGBA{0, 152, 212, 255}
	case "M":
		return color.RGBA{211, 24, 122, 255}
	case "Y":
		return color.RGBA{246, 205, 24, 255}
	case "Color":
		return color.RGBA{126, 87, 194, 255}
	case "MattBk":
		return color.RGBA{78, 82, 88, 255}
	case "Grey":
		return color.RGBA{142, 148, 156, 255}
	case "LC":
		return color.RGBA{128, 206, 236, 255}
	case "LM":
		return color.RGBA{240, 152, 196, 255}
	}
	return color.RGBA{52, 56, 64, 255}
}
