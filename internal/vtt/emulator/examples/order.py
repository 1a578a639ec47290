"""Places an order through the Portal service and reads it back. Needs zeep (Debian: python3-zeep).

    PORTAL_URL=http://127.0.0.1:8048/Portal.svc python3 order.py buyer apricot A21101 2
"""

import os
import sys

import requests
import zeep

URL = os.environ.get("PORTAL_URL", "http://127.0.0.1:8048/Portal.svc")


def main(login="buyer", password="apricot", item_id="A21101", quantity="2"):
    portal = zeep.Client(f"{URL}?singleWsdl").service
    who = {"login": login, "password": password}
    print(f"signed in as {login}: {len(portal.GetCategories(**who))} categories")

    item = portal.GetItem(**who, itemId=item_id)
    print(f"item {item.Id}: {item.Name}, price {item.Price}, {item.AvailableQuantity} in stock")

    # Sent at most once: when this call fails without a fault, look into GetOrders before sending it again.
    lines = {"OrderLineCreationDto": [{"ItemId": item_id, "Quantity": int(quantity)}]}
    order_id = portal.CreateOrder(**who, lines=lines)
    print(f"order {order_id} placed")

    order = portal.GetOrderWithLines(**who, orderId=order_id)
    print(f"order {order.Id}: {order.Status}, {order.Sum} {order.Currency}")
    for line in order.Lines.OrderLineDto:
        print(f"line {line.ItemId}: {line.Quantity} ordered, {line.ReservedQuantity} reserved, {line.UnitPrice} each")


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except zeep.exceptions.Fault as fault:  # its code may have a prefix: s:ACCESS_DENIED
        sys.exit(f"{fault.code.rpartition(':')[2]}: {fault.message}")
    except (requests.RequestException, zeep.exceptions.TransportError) as error:
        sys.exit(f"no answer: {error}")
