package emulator

import (
	"bytes"
	"image"
	"image/jpeg"
	"image/png"
	"net/http"
	"path"
	"strings"
	"sync"
	"time"
)

// photoPath is where pictures are. Catalogue entries hold paths; the host is that of the request they are told to.
const photoPath = "/photos/"

// look is what a picture depends on.
type look struct {
	shape, colour string
	format        string // .png or .jpg
}

// photographer draws pictures and keeps what it drew: there are far fewer looks than items.
type photographer struct {
	mu   sync.Mutex
	done map[look][]byte
}

func newPhotographer() *photographer { return &photographer{done: make(map[look][]byte)} }

// picture returns the encoded picture of a look.
func (p *photographer) picture(l look) []byte {
	p.mu.Lock()
	defer p.mu.Unlock()
	if drawn, ok := p.done[l]; ok {
		return drawn
	}
	drawn := encode(drawShape(l.shape, l.colour), l.format)
	p.done[l] = drawn
	return drawn
}

func encode(picture image.Image, format string) []byte {
	var b bytes.Buffer
	var err error
	if format == ".jpg" {
		err = jpeg.Encode(&b, picture, &jpeg.Options{Quality: 88})
	} else {
		err = (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(&b, picture)
	}
	if err != nil {
		panic(err) // a picture of a sane size always fits a Buffer
	}
	return b.Bytes()
}

// servePhoto answers /photos/{id}.png and .jpg; {id}-2 is the item's box, dummy.jpg a picture of nothing.
func (s *Server) servePhoto(w http.ResponseWriter, r *http.Request) {
	name := strings.TrimPrefix(r.URL.Path, photoPath)
	format := path.Ext(name)
	shape, colour, found := s.look(strings.TrimSuffix(name, format))
	if !found || (format != ".png" && format != ".jpg") {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", map[string]string{".png": "image/png", ".jpg": "image/jpeg"}[format])
	w.Header().Set("ETag", `"`+shape+"-"+strings.ToLower(colour)+format+`"`)
	w.Header().Set("Cache-Control", "public, max-age=86400")
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(s.photos.picture(look{shape, colour, format})))
}

// look finds out what the picture of an item shows. The colour is a code of colours.
func (s *Server) look(id string) (shape, colour string, found bool) {
	if it, ok := s.catalogue.find(id); ok {
		return shapeOf(it.dto.Name.Text), colourOf(it.dto.ColorName.Text), true
	}
	if it, ok := s.catalogue.find(strings.TrimSuffix(id, "-2")); ok {
		return "box", colourOf(it.dto.ColorName.Text), true
	}
	return "nothing", "Bk", id == "dummy"
}

func colourOf(name string) string {
	for _, c := range colours() {
		if c.name == name {
			return c.code
		}
	}
	return "Bk"
}

// shapeOf knows goods by how their names begin.
func shapeOf(name string) string {
	for _, known := range [][2]string{
		{"Картридж матричный", "ribbon"}, {"Лента красящая", "ribbon"}, {"Тонер-картридж", "toner"}, {"Тонер", "bottle"}, {"Заправочный", "bottle"},
		{"Девелопер", "bottle"}, {"Носитель", "bottle"}, {"Драм", "drum"}, {"Фотобарабан", "drum"}, {"Чернила", "ink"}, {"СНПЧ", "ink"}, {"Жидкость", "ink"},
		{"Спрей", "ink"}, {"Смазка", "ink"}, {"Чип", "chip"}, {"Плата", "chip"}, {"Датчик", "chip"}, {"Термистор", "chip"}, {"Вал", "roller"},
		{"Ролик", "roller"}, {"Лампа", "roller"}, {"Термопленка", "roller"}, {"Дозирующее", "blade"}, {"Чистящее", "blade"}, {"Тормозная", "blade"},
		{"Уплотнитель", "blade"}, {"Шлейф", "blade"}, {"Шестерня", "gear"}, {"Бушинг", "gear"}, {"Двигатель", "gear"}, {"Фотобумага", "paper"}, {"Бумага", "paper"},
		{"Пленка", "paper"}, {"Холст", "paper"}, {"Термоэтикетки", "paper"}, {"Принтер", "printer"}, {"МФУ", "printer"}, {"Узел", "fuser"}, {"Блок", "fuser"},
		{"Бункер", "fuser"}, {"Лоток", "fuser"},
	} {
		if strings.HasPrefix(name, known[0]) {
			return known[1]
		}
	}
	switch {
	case strings.Contains(name, "PIXMA"), strings.Contains(name, "Epson"), strings.Contains(name, "мл"):
		return "inkjet"
	case strings.Contains(name, "артридж"):
		return "cartridge"
	}
	return "box"
}
