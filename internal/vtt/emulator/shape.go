package emulator

import (
	"image"
	"image/color"
	"math"
)

// Materials that goods are made of.
func plastic() color.RGBA { return color.RGBA{62, 66, 74, 255} }
func metal() color.RGBA   { return color.RGBA{186, 192, 200, 255} }
func rubber() color.RGBA  { return color.RGBA{44, 46, 52, 255} }
func paper() color.RGBA   { return color.RGBA{255, 255, 255, 255} }
func carton() color.RGBA  { return color.RGBA{201, 164, 116, 255} }

// drawShape makes the picture of a shape in a colour.
func drawShape(shape, colour string) image.Image {
	c := newCanvas(inkColour(colour))
	shapes := map[string]func(*canvas){
		"cartridge": drawCartridge, "toner": drawToner, "drum": drawDrum, "inkjet": drawInkjet, "ink": drawInk, "bottle": drawBottle, "chip": drawChip,
		"roller": drawRoller, "blade": drawBlade, "gear": drawGear, "paper": drawPaper, "ribbon": drawRibbon, "printer": drawPrinter, "fuser": drawFuser, "box": drawBox,
	}
	if paint, ok := shapes[shape]; ok {
		paint(c)
	}
	return c.picture
}

func drawCartridge(c *canvas) {
	c.polygon(plastic(), 60, 150, 400, 118, 430, 200, 418, 282, 84, 290, 52, 240)
	c.polygon(darker(plastic()), 60, 150, 400, 118, 404, 150, 66, 184)
	c.polygon(c.ink, 120, 200, 372, 182, 376, 246, 126, 258)
	c.polygon(lighter(c.ink), 120, 200, 372, 182, 373, 196, 121, 214)
	c.box(196, 96, 96, 40, 12, darker(plastic()))
	c.box(212, 108, 64, 22, 8, blend(paper(), plastic(), 12))
	c.ellipse(64, 262, 26, 26, metal())
	c.ellipse(64, 262, 10, 10, darker(metal()))
}

func drawToner(c *canvas) {
	c.tube(46, 150, 388, 116, plastic())
	c.box(120, 158, 200, 100, 8, c.ink)
	c.box(136, 174, 120, 12, 6, lighter(c.ink))
	c.box(136, 196, 80, 8, 4, lighter(c.ink))
	c.ellipse(76, 208, 34, 52, c.ink)
	c.ellipse(76, 208, 14, 22, darker(c.ink))
}

func drawDrum(c *canvas) {
	sheen := color.RGBA{44, 146, 132, 255}
	c.box(30, 196, 60, 26, 6, metal())
	c.tube(64, 156, 348, 106, sheen)
	c.box(64, 156, 30, 106, 10, rubber())
	c.box(384, 150, 40, 118, 14, c.ink)
	for i := range 6 {
		c.box(386, 156+float64(i)*18, 36, 8, 3, lighter(c.ink))
	}
}

func drawInkjet(c *canvas) {
	c.polygon(plastic(), 150, 96, 312, 96, 330, 132, 330, 286, 150, 286)
	c.polygon(darker(plastic()), 312, 96, 330, 132, 330, 286, 312, 286)
	c.box(166, 128, 130, 110, 10, c.ink)
	c.box(180, 144, 84, 14, 7, lighter(c.ink))
	c.ellipse(230, 202, 22, 26, lighter(c.ink))
	c.polygon(lighter(c.ink), 211, 192, 230, 158, 249, 192)
	c.box(190, 284, 72, 14, 4, metal())
}

func drawInk(c *canvas) {
	c.box(206, 66, 68, 40, 10, rubber())
	c.box(218, 100, 44, 26, 4, metal())
	c.box(170, 120, 140, 178, 26, blend(c.ink, paper(), 12))
	c.box(170, 168, 140, 96, 4, paper())
	c.box(170, 168, 140, 26, 4, c.ink)
	c.ellipse(240, 232, 16, 18, c.ink)
	c.polygon(c.ink, 226, 224, 240, 200, 254, 224)
	c.box(182, 130, 14, 156, 7, lighter(c.ink))
}

func drawBottle(c *canvas) {
	c.polygon(darker(c.ink), 196, 76, 284, 76, 292, 122, 188, 122)
	c.box(150, 116, 180, 182, 22, blend(plastic(), paper(), 70))
	c.box(150, 166, 180, 92, 2, c.ink)
	c.box(170, 184, 110, 14, 7, lighter(c.ink))
	c.box(170, 208, 76, 10, 5, lighter(c.ink))
	c.box(170, 228, 92, 10, 5, lighter(c.ink))
	c.box(160, 126, 14, 164, 7, paper())
}

func drawChip(c *canvas) {
	board, gold := color.RGBA{28, 112, 78, 255}, color.RGBA{226, 186, 92, 255}
	c.polygon(darker(board), 132, 248, 356, 208, 364, 218, 140, 260)
	c.polygon(board, 116, 164, 340, 124, 356, 208, 132, 248)
	for i := range 4 {
		x, y := 136+float64(i)*50, 176-float64(i)*9
		c.polygon(gold, x, y, x+36, y-6, x+44, y+40, x+8, y+46)
	}
	c.ellipse(318, 206, 10, 10, c.ink)
}

func drawRoller(c *canvas) {
	c.box(24, 206, 432, 16, 6, metal())
	c.tube(84, 178, 312, 72, blend(rubber(), c.ink, 40))
	c.box(60, 196, 28, 36, 6, darker(metal()))
	c.box(392, 196, 28, 36, 6, darker(metal()))
}

func drawBlade(c *canvas) {
	c.polygon(metal(), 44, 178, 436, 138, 440, 178, 48, 220)
	c.polygon(lighter(metal()), 44, 178, 436, 138, 437, 148, 45, 188)
	c.polygon(blend(rubber(), c.ink, 30), 48, 220, 440, 178, 444, 214, 52, 258)
	c.ellipse(76, 196, 9, 9, darker(metal()))
	c.ellipse(408, 162, 9, 9, darker(metal()))
}

func drawGear(c *canvas) {
	body := blend(paper(), c.ink, 22)
	for i := range 20 {
		angle := float64(i) * math.Pi / 10
		x, y := 240+122*math.Cos(angle), 192+96*math.Sin(angle)
		c.ellipse(x, y, 14, 12, darker(body))
	}
	c.ellipse(240, 200, 120, 96, darker(body))
	c.ellipse(240, 190, 118, 92, body)
	c.ellipse(240, 190, 76, 58, lighter(body))
	c.ellipse(240, 190, 30, 24, darker(body))
	c.ellipse(240, 192, 22, 16, rubber())
}

func drawPaper(c *canvas) {
	for i := range 5 {
		shift := float64(4-i) * 7
		c.polygon(blend(paper(), metal(), 10+10*(4-i)), 110+shift, 84+shift, 350+shift, 84+shift, 350+shift, 284+shift, 110+shift, 284+shift)
	}
	c.polygon(color.RGBA{152, 204, 236, 255}, 126, 100, 334, 100, 334, 268, 126, 268)
	c.ellipse(292, 136, 20, 20, color.RGBA{250, 216, 92, 255})
	c.polygon(color.RGBA{96, 148, 110, 255}, 126, 268, 126, 214, 186, 158, 236, 222, 270, 190, 334, 248, 334, 268)
}

func drawRibbon(c *canvas) {
	c.polygon(plastic(), 50, 178, 404, 142, 436, 190, 436, 236, 84, 274, 50, 226)
	c.polygon(lighter(plastic()), 50, 178, 404, 142, 436, 190, 84, 228)
	c.ellipse(142, 196, 30, 16, c.ink)
	c.ellipse(344, 176, 30, 16, c.ink)
	c.polygon(rubber(), 84, 262, 436, 226, 436, 236, 84, 274)
}

func drawPrinter(c *canvas) {
	body := blend(paper(), metal(), 30)
	c.polygon(paper(), 150, 70, 330, 70, 342, 140, 138, 140)
	c.box(90, 132, 300, 120, 18, body)
	c.box(90, 132, 300, 34, 14, plastic())
	c.box(300, 142, 70, 14, 5, color.RGBA{96, 190, 232, 255})
	c.box(130, 208, 220, 18, 6, rubber())
	c.polygon(paper(), 144, 220, 336, 220, 356, 280, 124, 280)
	c.box(112, 250, 256, 40, 10, darker(body))
}

func drawFuser(c *canvas) {
	c.box(40, 168, 400, 106, 14, plastic())
	c.tube(70, 152, 340, 52, blend(metal(), c.ink, 12))
	c.box(60, 226, 360, 16, 6, metal())
	c.box(36, 182, 34, 80, 8, blend(paper(), metal(), 30))
	c.box(410, 182, 34, 80, 8, blend(paper(), metal(), 30))
	c.ellipse(426, 222, 14, 14, c.ink)
}

func drawBox(c *canvas) {
	c.polygon(carton(), 110, 130, 290, 150, 290, 300, 110, 272)
	c.polygon(darker(carton()), 290, 150, 384, 122, 384, 262, 290, 300)
	c.polygon(lighter(carton()), 110, 130, 206, 104, 384, 122, 290, 150)
	c.polygon(paper(), 132, 178, 246, 192, 246, 254, 132, 236)
	c.polygon(c.ink, 132, 178, 246, 192, 246, 208, 132, 193)
}
