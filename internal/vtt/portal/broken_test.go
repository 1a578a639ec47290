package portal_test

import (
	"context"
	"errors"
	"io"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"storefront/internal/soap"
	"storefront/internal/vtt/portal"
)

// Answers that are broken, each typed by hand, and the one error that each of them is. What stands here comes from proxies,
// other services, connections that die, and WCF itself; nothing of it was written by this program.

// wire answers with these bytes under this HTTP status, as a stream that may end in an error.
type wire struct {
	status int
	body   io.Reader
}

func (w wire) RoundTrip(_ context.Context, call *soap.Call) error {
	return soap.ReadAnswer(w.body, w.status, 1<<20, call.Answer, call.Read)
}

// The operations that the tables below ask for.
var (
	getItems = func(c *portal.Client) error {
		return c.GetItems(context.Background(), dealer, func(*portal.ItemDto) error { return nil })
	}
	createOrder = func(c *portal.Client) error {
		id, err := c.CreateOrder(context.Background(), dealer, []portal.OrderLineCreationDto{newLine})
		if err != nil && id != "" {
			return errors.New("an error and a number: " + id)
		}
		return err
	}
	getPortion = func(c *portal.Client) error {
		_, err := c.GetItemPortion(context.Background(), dealer, 0, 100)
		return err
	}
	getOrder = func(c *portal.Client) error {
		_, err := c.GetOrderWithLines(context.Background(), dealer, "1")
		return err
	}
	addItem = func(c *portal.Client) error {
		_, err := c.AddItem(context.Background(), dealer, "1", newLine)
		return err
	}
	setNote = func(c *portal.Client) error {
		_, err := c.SetOrderNote(context.Background(), dealer, "1", "")
		return err
	}
	removeItem = func(c *portal.Client) error { return c.RemoveItem(context.Background(), dealer, "1", "2", "0") }
)

// broken is one answer and the error that it is: a *soap.Fault, or an *soap.AnswerError whose Detail is not compared.
type broken struct {
	ask    func(*portal.Client) error
	status int
	body   string
	want   error
}

func flaw(f soap.Flaw) error { return &soap.AnswerError{Flaw: f, Status: 200} }

func flawUnder(status int, f soap.Flaw) error { return &soap.AnswerError{Flaw: f, Status: status} }

func refused(code, text string) error { return &soap.Fault{Code: code, String: text, Status: 500} }

const (
	head = `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>`
	tail = `</s:Body></s:Envelope>`

	itemsHead = head + `<GetItemsResponse xmlns="http://portal.vtt.ru"><GetItemsResult xmlns:a="http://portal.vtt.ru/data" xmlns:i="http://www.w3.org/2001/XMLSchema-instance">`
	itemsTail = `</GetItemsResult></GetItemsResponse>` + tail
	row       = `<a:ItemDto><a:Id>2C918150</a:Id><a:Price>7.35</a:Price></a:ItemDto>`

	orderHead = head + `<CreateOrderResponse xmlns="http://portal.vtt.ru">`
	number    = `<CreateOrderResult>ЗК-004713</CreateOrderResult>`
	orderTail = `</CreateOrderResponse>` + tail

	portionHead = head + `<GetItemPortionResponse xmlns="http://portal.vtt.ru"><GetItemPortionResult xmlns:a="http://portal.vtt.ru/data">`
	portionTail = `</GetItemPortionResult></GetItemPortionResponse>` + tail
)

var brokenAnswers = map[string]broken{
	// Not an envelope at all. What runs to the end of the body before it makes sense is taken for cut off.
	"nothing":                {getItems, 200, "", flaw(soap.Empty)},
	"white space":            {getItems, 200, "\r\n\r\n", flaw(soap.Empty)},
	"a byte order mark":      {getItems, 200, "\xef\xbb\xbf", flaw(soap.Empty)},
	"a declaration":          {getItems, 200, `<?xml version="1.0" encoding="utf-8"?>`, flaw(soap.Empty)},
	"text":                   {getItems, 200, "Service Unavailable", flaw(soap.Malformed)},
	"JSON":                   {getItems, 200, `{"Message":"An error has occurred."}`, flaw(soap.Malformed)},
	"an HTTP answer":         {getItems, 200, "HTTP/1.1 502 Bad Gateway\r\n\r\n", flaw(soap.Malformed)},
	"zeros":                  {getItems, 200, "\x00\x00\x00\x00", flaw(soap.Truncated)},
	"a gzip stream":          {getItems, 200, "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03", flaw(soap.Truncated)},
	"a page":                 {getItems, 200, "<html><head><title>502 Bad Gateway</title></head><body><hr></body></html>", flaw(soap.HTML)},
	"a page of IIS":          {getItems, 200, `<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd"><html xmlns="http://www.w3.org/1999/xhtml">`, flaw(soap.HTML)},
	"a page of HTML 5":       {getItems, 200, "<!doctype html>\n<title>Вход</title>", flaw(soap.HTML)},
	"a page in capitals":     {getItems, 200, "\n<HTML><BODY>Доступ закрыт", flaw(soap.HTML)},
	"a page for an order":    {createOrder, 200, "<html><body>Session expired</body></html>", flaw(soap.HTML)},
	"another document":       {getItems, 200, `<ArrayOfItemDto xmlns="http://portal.vtt.ru/data"/>`, flaw(soap.NotEnvelope)},
	"a WSDL":                 {getItems, 200, `<?xml version="1.0"?><wsdl:definitions xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/"/>`, flaw(soap.NotEnvelope)},
	"SOAP 1.2":               {getItems, 200, `<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body/></s:Envelope>`, flaw(soap.NotEnvelope)},
	"no namespace":           {getItems, 200, `<Envelope><Body><GetItemsResponse/></Body></Envelope>`, flaw(soap.NotEnvelope)},
	"an envelope of letters": {getItems, 200, `<s:ENVELOPE xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"/>`, flaw(soap.NotEnvelope)},

	// Encodings.
	"declared windows-1251":   {getItems, 200, `<?xml version="1.0" encoding="windows-1251"?>` + itemsHead + row + itemsTail, flaw(soap.Charset)},
	"declared UTF-16":         {getItems, 200, `<?xml version="1.0" encoding="utf-16"?>` + itemsHead + row + itemsTail, flaw(soap.Charset)},
	"UTF-16, low end first":   {getItems, 200, "\xff\xfe<\x00s\x00:\x00E\x00", flaw(soap.Charset)},
	"UTF-16, high end first":  {getItems, 200, "\xfe\xff\x00<\x00s\x00:\x00E", flaw(soap.Charset)},
	"UTF-32":                  {getItems, 200, "\xff\xfe\x00\x00<\x00\x00\x00", flaw(soap.Charset)},
	"windows-1251 undeclared": {getItems, 200, itemsHead + "<a:ItemDto><a:Name>\xca\xe0\xf0\xf2\xf0\xe8\xe4\xe6</a:Name></a:ItemDto>" + itemsTail, flaw(soap.Malformed)},
	"a character cut in two":  {getItems, 200, itemsHead + "<a:ItemDto><a:Name>Ч\xd1</a:Name></a:ItemDto>" + itemsTail, flaw(soap.Malformed)},
	"XML 1.1":                 {getItems, 200, `<?xml version="1.1"?>` + itemsHead + row + itemsTail, flaw(soap.Malformed)},

	// XML that is not well-formed, or that nobody should read.
	"a document type":           {getItems, 200, `<!DOCTYPE a SYSTEM "http://169.254.169.254/">` + itemsHead + row + itemsTail, flaw(soap.Doctype)},
	"an entity that explodes":   {getItems, 200, `<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;">]>` + itemsHead + `<a:ItemDto><a:Name>&c;</a:Name></a:ItemDto>` + itemsTail, flaw(soap.Doctype)},
	"a document type later":     {getItems, 200, itemsHead + row + `<!DOCTYPE a>` + itemsTail, flaw(soap.Doctype)},
	"an entity of HTML":         {getItems, 200, itemsHead + "<a:ItemDto><a:Name>HP&nbsp;LJ</a:Name></a:ItemDto>" + itemsTail, flaw(soap.Malformed)},
	"a naked ampersand":         {getItems, 200, itemsHead + "<a:ItemDto><a:Name>Бумага & тонер</a:Name></a:ItemDto>" + itemsTail, flaw(soap.Malformed)},
	"a naked bracket":           {getItems, 200, itemsHead + "<a:ItemDto><a:Name>< 5 л</a:Name></a:ItemDto>" + itemsTail, flaw(soap.Malformed)},
	"a control character":       {getItems, 200, itemsHead + "<a:ItemDto><a:Name>HP\x0bLJ</a:Name></a:ItemDto>" + itemsTail, flaw(soap.Malformed)},
	"a reference to a control":  {getItems, 200, itemsHead + "<a:ItemDto><a:Name>HP&#x1F;LJ</a:Name></a:ItemDto>" + itemsTail, flaw(soap.Malformed)},
	"a row that is not closed":  {getItems, 200, itemsHead + "<a:ItemDto><a:Id>2C918150</a:Id>" + itemsTail, flaw(soap.Malformed)},
	"tags that cross":           {getItems, 200, itemsHead + "<a:ItemDto><a:Id>1</a:ItemDto></a:Id>" + itemsTail, flaw(soap.Malformed)},
	"an end of another prefix":  {getItems, 200, itemsHead + "<a:ItemDto><a:Id>1</b:Id></a:ItemDto>" + itemsTail, flaw(soap.Malformed)},
	"an end without a start":    {getItems, 200, itemsHead + row + "</a:ItemDto>" + itemsTail, flaw(soap.Malformed)},
	"a prefix of nobody":        {getItems, 200, itemsHead + "<b:ItemDto/>" + itemsTail, flaw(soap.Malformed)},
	"an attribute without =":    {getItems, 200, itemsHead + "<a:ItemDto nil/>" + itemsTail, flaw(soap.Malformed)},
	"an attribute, no quotes":   {getItems, 200, itemsHead + "<a:ItemDto i:nil=true/>" + itemsTail, flaw(soap.Malformed)},
	"a comment of three dashes": {getItems, 200, itemsHead + "<!-- --- -->" + itemsTail, flaw(soap.Malformed)},
	"a second declaration":      {getItems, 200, itemsHead + `<?xml version="1.0"?>` + row + itemsTail, flaw(soap.Malformed)},

	// Cut off.
	"half a start tag":        {getItems, 200, itemsHead + row + "<a:Item", flaw(soap.Truncated)},
	"half a text":             {getItems, 200, itemsHead + "<a:ItemDto><a:Id>2C91", flaw(soap.Truncated)},
	"half a reference":        {getItems, 200, itemsHead + "<a:ItemDto><a:Name>Бумага &am", flaw(soap.Truncated)},
	"after a row":             {getItems, 200, itemsHead + row, flaw(soap.Truncated)},
	"before the envelope end": {getItems, 200, itemsHead + row + "</GetItemsResult></GetItemsResponse></s:Body>", flaw(soap.Truncated)},
	"in the last tag":         {createOrder, 200, orderHead + number + "</CreateOrderResponse></s:Body></s:Envelop", flaw(soap.Truncated)},
	"after the number":        {createOrder, 200, orderHead + number, flaw(soap.Truncated)},
	"in the number":           {createOrder, 200, orderHead + "<CreateOrderResult>ЗК-0047", flaw(soap.Truncated)},
	"in a CDATA section":      {createOrder, 200, orderHead + "<CreateOrderResult><![CDATA[ЗК-004713", flaw(soap.Truncated)},
	"a fault cut off":         {createOrder, 500, head + "<s:Fault><faultcode>s:ACCESS_DEN", flawUnder(500, soap.Truncated)},

	// Something more than the answer.
	"two envelopes":              {getItems, 200, itemsHead + row + itemsTail + itemsHead + row + itemsTail, flaw(soap.Trailing)},
	"text after the envelope":    {getItems, 200, itemsHead + row + itemsTail + "0\r\n", flaw(soap.Trailing)},
	"a comment after it":         {getItems, 200, itemsHead + row + itemsTail + "<!-- 0.3 s -->", flaw(soap.Trailing)},
	"a page after it":            {createOrder, 200, orderHead + number + orderTail + "<script>track()</script>", flaw(soap.Trailing)},
	"zeros after it":             {createOrder, 200, orderHead + number + orderTail + "\x00", flaw(soap.Trailing)},
	"an end tag after it":        {getItems, 200, itemsHead + row + itemsTail + "</s:Envelope>", flaw(soap.Trailing)},
	"half a tag after it":        {getItems, 200, itemsHead + row + itemsTail + "<", flaw(soap.Trailing)},
	"text in the response":       {createOrder, 200, orderHead + "OK" + number + orderTail, flaw(soap.Trailing)},
	"text beside the response":   {createOrder, 200, head + "OK" + `<CreateOrderResponse xmlns="http://portal.vtt.ru">` + number + orderTail, flaw(soap.Trailing)},
	"an element after the body":  {getItems, 200, `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body/><s:Trace/></s:Envelope>`, flaw(soap.NotEnvelope)},
	"a header after the body":    {getItems, 200, `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body/><s:Header/></s:Envelope>`, flaw(soap.NotEnvelope)},
	"two bodies":                 {getItems, 200, `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body/><s:Body/></s:Envelope>`, flaw(soap.Duplicate)},
	"two responses":              {createOrder, 200, orderHead + number + `</CreateOrderResponse><CreateOrderResponse xmlns="http://portal.vtt.ru">` + number + orderTail, flaw(soap.Duplicate)},
	"two numbers":                {createOrder, 200, orderHead + number + "<CreateOrderResult>ЗК-004714</CreateOrderResult>" + orderTail, flaw(soap.Duplicate)},
	"one number twice":           {createOrder, 200, orderHead + number + number + orderTail, flaw(soap.Duplicate)},
	"a number, then nil":         {createOrder, 200, orderHead + number + `<CreateOrderResult xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:nil="true"/>` + orderTail, flaw(soap.Duplicate)},
	"two lists":                  {getItems, 200, itemsHead + row + `</GetItemsResult><GetItemsResult/></GetItemsResponse>` + tail, flaw(soap.Duplicate)},
	"a response and a fault":     {createOrder, 200, orderHead + number + "</CreateOrderResponse><s:Fault><faultcode>s:Server</faultcode></s:Fault>" + tail, flaw(soap.Duplicate)},
	"a fault and a response":     {createOrder, 500, head + "<s:Fault/>" + `<CreateOrderResponse xmlns="http://portal.vtt.ru">` + number + orderTail, flawUnder(500, soap.Duplicate)},
	"two faults":                 {createOrder, 500, head + "<s:Fault/><s:Fault/>" + tail, flawUnder(500, soap.Duplicate)},
	"a fault of two codes":       {createOrder, 500, head + "<s:Fault><faultcode>s:ACCESS_DENIED</faultcode><faultcode>s:Server</faultcode></s:Fault>" + tail, flawUnder(500, soap.Duplicate)},
	"a fault of two reasons":     {createOrder, 500, head + "<s:Fault><faultcode>s:Server</faultcode><faultstring/><faultstring>нет</faultstring></s:Fault>" + tail, flawUnder(500, soap.Duplicate)},
	"two lists in a portion":     {getPortion, 200, portionHead + "<a:Items>" + row + "</a:Items><a:Items/><a:TotalCount>1</a:TotalCount>" + portionTail, flaw(soap.Duplicate)},
	"two lists of order lines":   {getOrder, 200, head + `<GetOrderWithLinesResponse xmlns="http://portal.vtt.ru"><GetOrderWithLinesResult xmlns:a="http://portal.vtt.ru/data"><a:Id>1</a:Id><a:Lines/><a:Lines/></GetOrderWithLinesResult></GetOrderWithLinesResponse>` + tail, flaw(soap.Duplicate)},
	"something beside a removal": {removeItem, 200, head + `<RemoveItemResponse xmlns="http://portal.vtt.ru"/><RemoveItemResponse xmlns="http://portal.vtt.ru"/>` + tail, flaw(soap.Duplicate)},

	// Something less, or something else.
	"no body":                     {getItems, 200, `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"/>`, flaw(soap.NotEnvelope)},
	"only a header":               {getItems, 200, `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Header/></s:Envelope>`, flaw(soap.NotEnvelope)},
	"an empty body":               {createOrder, 200, head + tail, flaw(soap.WrongBody)},
	"an empty response":           {createOrder, 200, orderHead + orderTail, flaw(soap.NoResult)},
	"an empty number":             {createOrder, 200, orderHead + "<CreateOrderResult/>" + orderTail, flaw(soap.NoResult)},
	"a blank number":              {createOrder, 200, orderHead + "<CreateOrderResult>\n\t </CreateOrderResult>" + orderTail, flaw(soap.NoResult)},
	"a nil number":                {createOrder, 200, orderHead + `<CreateOrderResult xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:nil="true"/>` + orderTail, flaw(soap.NoResult)},
	"a number inside an element":  {createOrder, 200, orderHead + "<CreateOrderResult><string>ЗК-004713</string></CreateOrderResult>" + orderTail, flaw(soap.NoResult)},
	"a number of no namespace":    {createOrder, 200, orderHead + `<CreateOrderResult xmlns="">ЗК-004713</CreateOrderResult>` + orderTail, flaw(soap.NoResult)},
	"a number of another name":    {createOrder, 200, orderHead + "<createOrderResult>ЗК-004713</createOrderResult>" + orderTail, flaw(soap.NoResult)},
	"the answer to another":       {createOrder, 200, itemsHead + row + itemsTail, flaw(soap.WrongBody)},
	"a response of nobody":        {createOrder, 200, head + "<CreateOrderResponse>" + number + orderTail, flaw(soap.WrongBody)},
	"the request come back":       {createOrder, 200, head + `<CreateOrder xmlns="http://portal.vtt.ru"><login>dealer</login></CreateOrder>` + tail, flaw(soap.WrongBody)},
	"a list of strangers":         {getItems, 200, itemsHead + "<a:ItemRuntimeDto><a:Id>1</a:Id></a:ItemRuntimeDto>" + itemsTail, flaw(soap.WrongBody)},
	"rows of another space":       {getItems, 200, itemsHead + "<ItemDto><Id>1</Id></ItemDto>" + itemsTail, flaw(soap.WrongBody)},
	"a portion of strangers":      {getPortion, 200, portionHead + "<Items/><TotalCount>1</TotalCount>" + portionTail, flaw(soap.WrongBody)},
	"an items list of strangers":  {getPortion, 200, portionHead + "<a:Items><a:Item/></a:Items>" + portionTail, flaw(soap.WrongBody)},
	"a line status of strangers":  {addItem, 200, head + `<AddItemResponse xmlns="http://portal.vtt.ru"><AddItemResult><OrderedQuantity>5</OrderedQuantity></AddItemResult></AddItemResponse>` + tail, flaw(soap.WrongBody)},
	"a note answer of strangers":  {setNote, 200, head + `<SetOrderNoteResponse xmlns="http://portal.vtt.ru"><SetOrderNoteResult><Done>true</Done></SetOrderNoteResult></SetOrderNoteResponse>` + tail, flaw(soap.WrongBody)},
	"nothing where a status is":   {addItem, 200, head + `<AddItemResponse xmlns="http://portal.vtt.ru"/>` + tail, flaw(soap.NoResult)},
	"a number under 500":          {createOrder, 500, orderHead + number + orderTail, flawUnder(500, soap.NoFault)},
	"an empty body under 500":     {createOrder, 500, head + tail, flawUnder(500, soap.WrongBody)},
	"a removal answered by other": {removeItem, 200, head + `<AddItemResponse xmlns="http://portal.vtt.ru"/>` + tail, flaw(soap.WrongBody)},

	// Too much of it.
	"too deep":            {getItems, 200, itemsHead + strings.Repeat("<a:x>", 70), flaw(soap.TooDeep)},
	"too deep in a value": {createOrder, 200, orderHead + "<CreateOrderResult>1" + strings.Repeat("<x>", 70), flaw(soap.TooDeep)},
	"attributes too many": {getItems, 200, itemsHead + "<a:ItemDto" + strings.Repeat(" x='1'", 300) + "/>" + itemsTail, flaw(soap.TooLong)},
	"too many to scan":    {getItems, 200, itemsHead + "<a:ItemDto" + strings.Repeat(" x='1'", 30_000) + "/>" + itemsTail, flaw(soap.TooLong)},
	"too large":           {getItems, 200, itemsHead + strings.Repeat(row, 20_000), flaw(soap.TooLarge)},
	"a text too large":    {getItems, 200, itemsHead + "<a:ItemDto><a:Name>" + strings.Repeat("x", 2<<20), flaw(soap.TooLarge)},
	"spaces too many":     {createOrder, 200, orderHead + number + orderTail + strings.Repeat(" ", 1<<20), flaw(soap.TooLarge)},

	// Refusals: the service's own in every dress, then those of its platform.
	"a bare code":          {createOrder, 500, head + "<s:Fault><faultcode>ACCESS_DENIED</faultcode><faultstring>Доступ запрещён</faultstring></s:Fault>" + tail, refused("ACCESS_DENIED", "Доступ запрещён")},
	"a prefixed code":      {createOrder, 500, head + `<s:Fault><faultcode>s:NON_AUTHORIZED</faultcode><faultstring xml:lang="ru-RU">Нет прав</faultstring></s:Fault>` + tail, refused("NON_AUTHORIZED", "Нет прав")},
	"a code of a binding":  {createOrder, 500, head + `<s:Fault><faultcode xmlns:a="http://portal.vtt.ru">a:CONTRACT_ERROR</faultcode><faultstring>quantity</faultstring></s:Fault>` + tail, refused("CONTRACT_ERROR", "quantity")},
	"a code, white space":  {createOrder, 500, head + "<s:Fault>\n<faultcode>\n s:TECHNICAL_ERROR \n</faultcode>\n<faultstring/></s:Fault>" + tail, refused("TECHNICAL_ERROR", "")},
	"as it should be":      {createOrder, 500, head + "<s:Fault><faultcode>s:BUSINESS_LOGIC_ERROR</faultcode><faultstring>Нет остатка</faultstring></s:Fault>" + tail, refused("BUSINESS_LOGIC_ERROR", "Нет остатка")},
	"as it is printed":     {createOrder, 500, head + "<s:Fault><faultcode>s:BUSINESS_LOGIC_ERRROR</faultcode><faultstring>Нет остатка</faultstring></s:Fault>" + tail, refused("BUSINESS_LOGIC_ERROR", "Нет остатка")},
	"printed, bare":        {createOrder, 500, head + "<s:Fault><faultcode>BUSINESS_LOGIC_ERRROR</faultcode></s:Fault>" + tail, refused("BUSINESS_LOGIC_ERROR", "")},
	"a code in CDATA":      {createOrder, 500, head + "<s:Fault><faultcode><![CDATA[s:ACCESS_DENIED]]></faultcode></s:Fault>" + tail, refused("ACCESS_DENIED", "")},
	"a qualified fault":    {createOrder, 500, head + "<s:Fault><s:faultcode>s:ACCESS_DENIED</s:faultcode></s:Fault>" + tail, refused("ACCESS_DENIED", "")},
	"a default namespace":  {createOrder, 500, `<Envelope xmlns="http://schemas.xmlsoap.org/soap/envelope/"><Body><Fault><faultcode xmlns="">ACCESS_DENIED</faultcode></Fault></Body></Envelope>`, refused("ACCESS_DENIED", "")},
	"a fault without code": {createOrder, 500, head + "<s:Fault><faultstring>?</faultstring></s:Fault>" + tail, refused("", "?")},
	"a fault of SOAP 1.2":  {createOrder, 500, head + "<s:Fault><s:Code><s:Value>s:Receiver</s:Value></s:Code></s:Fault>" + tail, refused("", "")},
	"a password told back": {createOrder, 500, head + "<s:Fault><faultcode>s:ACCESS_DENIED</faultcode><faultstring>p&amp;ss &lt;1&gt;</faultstring></s:Fault>" + tail, refused("ACCESS_DENIED", "[redacted]")},
	"a fault under 200":    {createOrder, 200, head + "<s:Fault><faultcode>s:ACCESS_DENIED</faultcode></s:Fault>" + tail, &soap.Fault{Code: "ACCESS_DENIED", Status: 200}},
	"no such action": {createOrder, 500, head + `<s:Fault><faultcode xmlns:a="http://schemas.microsoft.com/ws/2005/05/addressing/none">a:ActionNotSupported</faultcode>` +
		`<faultstring xml:lang="ru-RU">Сообщение с Action "" не может быть обработано</faultstring></s:Fault>` + tail, refused("ActionNotSupported", `Сообщение с Action "" не может быть обработано`)},
	"an internal fault": {createOrder, 500, head + `<s:Fault><faultcode xmlns:a="http://schemas.microsoft.com/net/2005/12/windowscommunicationfoundation/dispatcher">a:InternalServiceFault</faultcode>` +
		`<faultstring xml:lang="en-US">The server was unable to process the request</faultstring></s:Fault>` + tail, refused("InternalServiceFault", "The server was unable to process the request")},
	"not understood": {createOrder, 500, head + `<s:Fault><faultcode xmlns:a="http://schemas.microsoft.com/net/2005/12/windowscommunicationfoundation/dispatcher">a:DeserializationFailed</faultcode>` +
		`<faultstring>lines</faultstring><detail><ExceptionDetail xmlns="http://schemas.datacontract.org/2004/07/System.ServiceModel" xmlns:i="http://www.w3.org/2001/XMLSchema-instance"><HelpLink i:nil="true"/><faultcode>x</faultcode></ExceptionDetail></detail></s:Fault>` + tail,
		refused("DeserializationFailed", "lines")},
	"another version":      {createOrder, 500, head + "<s:Fault><faultcode>s:VersionMismatch</faultcode></s:Fault>" + tail, refused("VersionMismatch", "")},
	"a header unknown":     {createOrder, 500, head + "<s:Fault><faultcode>s:MustUnderstand</faultcode></s:Fault>" + tail, refused("MustUnderstand", "")},
	"a fault of a server":  {getItems, 500, head + "<s:Fault><faultcode>s:Server</faultcode><faultstring>OutOfMemory</faultstring></s:Fault>" + tail, refused("Server", "OutOfMemory")},
	"a fault for the list": {getItems, 500, head + "<s:Fault><faultcode>s:ACCESS_DENIED</faultcode></s:Fault>" + tail, refused("ACCESS_DENIED", "")},
}

// enoughBroken is how many different broken answers the table must hold.
const enoughBroken = 60

func TestBrokenAnswersHaveNames(t *testing.T) {
	bodies := map[string]bool{}
	for name, c := range brokenAnswers {
		bodies[c.body] = true
		for how, body := range map[string]io.Reader{"at once": strings.NewReader(c.body), "in pieces": iotest.HalfReader(strings.NewReader(c.body))} {
			err := c.ask(portal.NewClient(wire{c.status, body}, portal.DefaultContract()))
			if diff := cmp.Diff(c.want, bare(err)); diff != "" {
				t.Errorf("%s, %s: %v\n%s", name, how, err, diff)
			}
		}
	}
	if len(bodies) < enoughBroken {
		t.Errorf("%d broken answers, want at least %d different ones", len(bodies), enoughBroken)
	}
}

// bare takes the places out of an error, which no table should have to count.
func bare(err error) error {
	if bad, ok := err.(*soap.AnswerError); ok {
		return &soap.AnswerError{Flaw: bad.Flaw, Status: bad.Status}
	}
	return err
}

// The same answers without what is wrong with them are read, or the table above would be about something else.
func TestAnswersThatAreNotBroken(t *testing.T) {
	for name, c := range map[string]broken{
		"a list":          {getItems, 200, itemsHead + row + itemsTail, nil},
		"a number":        {createOrder, 200, orderHead + number + orderTail, nil},
		"a portion":       {getPortion, 200, portionHead + "<a:Items>" + row + "</a:Items><a:TotalCount>1</a:TotalCount>" + portionTail, nil},
		"an empty one":    {getPortion, 200, portionHead + portionTail, nil},
		"an order":        {getOrder, 200, head + `<GetOrderWithLinesResponse xmlns="http://portal.vtt.ru"><GetOrderWithLinesResult xmlns:a="http://portal.vtt.ru/data"><a:Id>1</a:Id><a:Lines/></GetOrderWithLinesResult></GetOrderWithLinesResponse>` + tail, nil},
		"a status":        {addItem, 200, head + `<AddItemResponse xmlns="http://portal.vtt.ru"><AddItemResult xmlns:a="http://portal.vtt.ru/data"><a:New/><a:OrderedQuantity>5</a:OrderedQuantity></AddItemResult></AddItemResponse>` + tail, nil},
		"an empty status": {addItem, 200, head + `<AddItemResponse xmlns="http://portal.vtt.ru"><AddItemResult/></AddItemResponse>` + tail, nil},
		"a note":          {setNote, 200, head + `<SetOrderNoteResponse xmlns="http://portal.vtt.ru"><SetOrderNoteResult><NoteUpdated>true</NoteUpdated></SetOrderNoteResult></SetOrderNoteResponse>` + tail, nil},
		"a removal":       {removeItem, 200, head + `<RemoveItemResponse xmlns="http://portal.vtt.ru"/>` + tail, nil},
	} {
		if err := c.ask(portal.NewClient(wire{c.status, strings.NewReader(c.body)}, portal.DefaultContract())); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Whatever operation is asked, an answer that breaks off anywhere is an error, never a shorter answer: cut off when the body
// ends, a lost connection when the connection does.
func TestGoldenAnswersCutAnywhere(t *testing.T) {
	reset := errors.New("connection reset by peer")
	contract := portal.DefaultContract()
	for op, e := range exchanges {
		for style, step := range map[string]int{"prefixed": 1, "default": 3} {
			document := strings.TrimSpace(string(file(t, "answers", style, string(op)+".xml")))
			for n := 0; n < len(document); n += step {
				_, err := e.call(t.Context(), portal.NewClient(wire{200, strings.NewReader(document[:n])}, contract))
				if want := cutFlaw(document[:n]); !errors.Is(err, want) {
					t.Errorf("%s, %s, cut at %d: %v, want the flaw %q", style, op, n, err, want)
				}
				if n%16 != 0 {
					continue // it makes no difference to where
				}
				lost := io.MultiReader(strings.NewReader(document[:n]), iotest.ErrReader(reset))
				_, err = e.call(t.Context(), portal.NewClient(wire{200, lost}, contract))
				var transport *soap.TransportError
				if !errors.As(err, &transport) || !errors.Is(err, reset) {
					t.Errorf("%s, %s, lost at %d: %v, want a lost connection", style, op, n, err)
				}
			}
		}
	}
}

// cutFlaw is what is wrong with the beginning of an answer: a declaration alone is nothing at all.
func cutFlaw(beginning string) soap.Flaw {
	if _, after, ok := strings.Cut(beginning, "?>"); beginning == "" || ok && strings.TrimSpace(after) == "" {
		return soap.Empty
	}
	return soap.Truncated
}

// An answer that comes too slowly ends with the call's time, whatever has come of it.
func TestAnswersTooSlow(t *testing.T) {
	slow := io.MultiReader(strings.NewReader(itemsHead+row), iotest.ErrReader(context.DeadlineExceeded))
	err := getItems(portal.NewClient(wire{200, slow}, portal.DefaultContract()))
	var transport *soap.TransportError
	if !errors.As(err, &transport) || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v, want a lost connection by the end of time", err)
	}
}

// Prefixes mean nothing, whichever they are, and neither does a byte order mark.
func TestItemsInEveryDress(t *testing.T) {
	const data, operations, nilSpace = "http://portal.vtt.ru/data", "http://portal.vtt.ru", "http://www.w3.org/2001/XMLSchema-instance"
	want := []portal.ItemDto{{Id: given("2C918150"), Price: null, PhotoUrls: []string{"http://a/1.jpg"}}}
	for name, body := range map[string]string{
		"the service's own": itemsHead + `<a:ItemDto><a:Id>2C918150</a:Id><a:PhotoUrls xmlns:b="http://schemas.microsoft.com/2003/10/Serialization/Arrays"><b:string>http://a/1.jpg</b:string></a:PhotoUrls><a:Price i:nil="true"/></a:ItemDto>` + itemsTail,
		"prefixes of others": `<SOAP-ENV:Envelope xmlns:SOAP-ENV="http://schemas.xmlsoap.org/soap/envelope/" xmlns:ns0="` + operations + `" xmlns:_x-1.y="` + data + `" xmlns:arr="http://schemas.microsoft.com/2003/10/Serialization/Arrays" xmlns:xsi="` + nilSpace + `">` +
			`<SOAP-ENV:Body><ns0:GetItemsResponse><ns0:GetItemsResult><_x-1.y:ItemDto><_x-1.y:Id>2C918150</_x-1.y:Id><_x-1.y:PhotoUrls><arr:string>http://a/1.jpg</arr:string></_x-1.y:PhotoUrls><_x-1.y:Price xsi:nil='1'/></_x-1.y:ItemDto></ns0:GetItemsResult></ns0:GetItemsResponse></SOAP-ENV:Body></SOAP-ENV:Envelope>`,
		"default namespaces": `<Envelope xmlns="http://schemas.xmlsoap.org/soap/envelope/"><Body><GetItemsResponse xmlns="` + operations + `"><GetItemsResult><ItemDto xmlns="` + data + `"><Id>2C918150</Id>` +
			`<PhotoUrls><string xmlns="http://schemas.microsoft.com/2003/10/Serialization/Arrays">http://a/1.jpg</string></PhotoUrls><Price nil="x" p:nil="true" xmlns:p="` + nilSpace + `"/></ItemDto></GetItemsResult></GetItemsResponse></Body></Envelope>`,
		"a prefix that changes": `<a:Envelope xmlns:a="http://schemas.xmlsoap.org/soap/envelope/"><a:Body><a:GetItemsResponse xmlns:a="` + operations + `"><a:GetItemsResult><a:ItemDto xmlns:a="` + data + `"><a:Id>2C918150</a:Id>` +
			`<a:PhotoUrls><a:string xmlns:a="http://schemas.microsoft.com/2003/10/Serialization/Arrays">http://a/1.jpg</a:string></a:PhotoUrls><a:Price a:nil="no" i:nil="true" xmlns:i="` + nilSpace + `"/></a:ItemDto></a:GetItemsResult></a:GetItemsResponse></a:Body></a:Envelope>`,
		"Russian prefixes": `<с:Envelope xmlns:с="http://schemas.xmlsoap.org/soap/envelope/"><с:Body><GetItemsResponse xmlns="` + operations + `"><GetItemsResult><д:ItemDto xmlns:д="` + data + `"><д:Id>2C918150</д:Id>` +
			`<д:PhotoUrls><м:string xmlns:м="http://schemas.microsoft.com/2003/10/Serialization/Arrays">http://a/1.jpg</м:string></д:PhotoUrls><д:Price н:nil="true" xmlns:н="` + nilSpace + `"/></д:ItemDto></GetItemsResult></GetItemsResponse></с:Body></с:Envelope>`,
	} {
		for _, before := range []string{"", "\xef\xbb\xbf", `<?xml version="1.0" encoding="utf-8"?>`, "\xef\xbb\xbf<?xml version='1.0'?>\r\n", "\n\n"} {
			for _, pieces := range []func(io.Reader) io.Reader{iotest.OneByteReader, iotest.DataErrReader} {
				var got []portal.ItemDto
				client := portal.NewClient(wire{200, pieces(strings.NewReader(before + body))}, portal.DefaultContract())
				err := client.GetItems(t.Context(), dealer, func(i *portal.ItemDto) error { got = append(got, *i); return nil })
				if err != nil || !reflect.DeepEqual(got, want) {
					t.Errorf("%s after %q: %v\n%s", name, before, err, cmp.Diff(want, got))
				}
			}
		}
	}
}
