#!/bin/sh
# Places an order through the Portal service and reads it back, with curl and sed alone.
#
#   PORTAL_URL=http://127.0.0.1:8048/Portal.svc sh order.sh buyer apricot A21101 2
set -eu
login=${1:-buyer} password=${2:-apricot} item=${3:-A21101} quantity=${4:-2}
url=${PORTAL_URL:-http://127.0.0.1:8048/Portal.svc}

# escaped TEXT: safe inside an element.
escaped() { printf '%s' "$1" | sed 's/&/\&amp;/g; s/</\&lt;/g; s/>/\&gt;/g'; }

# call OPERATION PARAMETERS: the answer's envelope. Parameters stand in the order of the contract: the service skips others.
call() {
    answer=$(curl --silent --show-error --max-time 60 "$url" \
        --header 'Content-Type: text/xml; charset=utf-8' --header "SOAPAction: \"http://portal.vtt.ru/IPortalService/$1\"" --data-binary @- <<XML
<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><$1 xmlns="http://portal.vtt.ru"><login>$(escaped "$login")</login><password>$(escaped "$password")</password>$2</$1></s:Body></s:Envelope>
XML
    )
    case $answer in
    *"<faultcode"*) echo "$(value faultcode | sed 's/.*://'): $(value faultstring)" >&2; exit 1 ;;
    esac
}

# value ELEMENT: the text of the first such element of the answer.
value() {
    printf '%s' "$answer" | tr '<' '\n' | sed -n "s/^\([a-z]*:\)\{0,1\}$1\( [^>]*\)\{0,1\}>//p" | head -n 1 |
        sed "s/&lt;/</g; s/&gt;/>/g; s/&#34;/\"/g; s/&#39;/'/g; s/&amp;/\&/g"
}

call GetCategories ''
echo "signed in as $login: $(printf '%s' "$answer" | grep -o '<a:CategoryDto>' | wc -l) categories"

call GetItem "<itemId>$(escaped "$item")</itemId>"
echo "item $(value Id): $(value Name), price $(value Price), $(value AvailableQuantity) in stock"

# Sent at most once: when this call fails without a fault, look into GetOrders before sending it again. ItemId stands before Quantity.
call CreateOrder "<lines xmlns:d=\"http://portal.vtt.ru/data\"><d:OrderLineCreationDto><d:ItemId>$(escaped "$item")</d:ItemId><d:Quantity>$quantity</d:Quantity></d:OrderLineCreationDto></lines>"
order=$(value CreateOrderResult)
echo "order $order placed"

call GetOrderWithLines "<orderId>$order</orderId>"
echo "order $(value Id): $(value Status), $(value Sum) $(value Currency)"
echo "line $(value ItemId): $(value Quantity) ordered, $(value ReservedQuantity) reserved, $(value UnitPrice) each"
