package photo

import (
	"bytes"
	"fmt"
	"image"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"net/http"

	"golang.org/x/image/draw"
	"golang.org/x/image/webp"
)

// maxPixels bounds a picture before it is decoded, 25 megapixels.
const maxPixels = 25_000_000

const jpegQuality = 82

// format reads one kind of picture.
type format struct {
	config func(io.Reader) (image.Config, error)
	decode func(io.Reader) (image.Image, error)
}

// formatOf goes by the content, never by a name or what the host calls it. SVG and all else is none.
func formatOf(raw []byte) (format, error) {
	switch kind := http.DetectContentType(raw); kind {
	case "image/jpeg":
		return format{jpeg.DecodeConfig, jpeg.Decode}, nil
	case "image/png":
		return format{png.DecodeConfig, png.Decode}, nil
	case "image/gif":
		return format{gif.DecodeConfig, gif.Decode}, nil // the first picture of several
	case "image/webp":
		return format{webp.DecodeConfig, webp.Decode}, nil
	default:
		return format{}, fmt.Errorf("%w: %s", errAnswer, kind)
	}
}

// inspect reads only the head of a picture and returns its kind and size in pixels.
func inspect(raw []byte) (format, int64, error) {
	f, err := formatOf(raw)
	if err != nil {
		return f, 0, err
	}
	config, err := f.config(bytes.NewReader(raw))
	if err != nil {
		return f, 0, fmt.Errorf("%w: %w", errAnswer, err)
	}
	size := int64(config.Width) * int64(config.Height)
	if config.Width <= 0 || config.Height <= 0 || size > maxPixels {
		return f, 0, fmt.Errorf("%w: %d × %d pixels", errAnswer, config.Width, config.Height)
	}
	return f, size, nil
}

// redraw decodes a picture that inspect let through and encodes it anew, so that nothing of the original file is left but what
// is seen: JPEG, or PNG where something shines through.
func redraw(f format, raw []byte, width int) ([]byte, error) {
	full, err := f.decode(bytes.NewReader(raw))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errAnswer, err)
	}
	small := scaled(full, width)
	var out bytes.Buffer
	if small.Opaque() {
		err = jpeg.Encode(&out, small, &jpeg.Options{Quality: jpegQuality})
	} else {
		err = png.Encode(&out, small)
	}
	return out.Bytes(), err
}

// scaled fits a picture into a square of side pixels; it is never made larger.
func scaled(full image.Image, side int) *image.RGBA {
	from := full.Bounds()
	w, h := from.Dx(), from.Dy()
	if longer := max(w, h); longer > side {
		w, h = max(1, w*side/longer), max(1, h*side/longer)
	}
	to := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.CatmullRom.Scale(to, to.Bounds(), full, from, draw.Src, nil)
	return to
}
