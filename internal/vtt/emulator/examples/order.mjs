// Places an order through the Portal service and reads it back. Needs npm's soap: npm install soap@1.13.0
//
//   PORTAL_URL=http://127.0.0.1:8048/Portal.svc node order.mjs buyer apricot A21101 2
import soap from 'soap';

const url = process.env.PORTAL_URL ?? 'http://127.0.0.1:8048/Portal.svc';
const [login = 'buyer', password = 'apricot', itemId = 'A21101', quantity = '2'] = process.argv.slice(2);

let portal;

/** Calls an operation as the account and returns its result. Parameters are sent in this order, and must be in the contract's. */
async function call(operation, parameters = {}) {
  const [answer] = await portal[`${operation}Async`]({ login, password, ...parameters });
  return answer[`${operation}Result`];
}

try {
  // Money stays text: by itself this library makes floating point numbers of decimals.
  portal = await soap.createClientAsync(`${url}?singleWsdl`, { handleNilAsNull: true, customDeserializer: { decimal: (text) => text } });
  const { CategoryDto: categories } = await call('GetCategories');
  console.log(`signed in as ${login}: ${categories.length} categories`);

  const item = await call('GetItem', { itemId });
  console.log(`item ${item.Id}: ${item.Name}, price ${item.Price}, ${item.AvailableQuantity} in stock`);

  // Sent at most once: when this call fails without a fault, look into GetOrders before sending it again.
  const lines = { OrderLineCreationDto: [{ ItemId: itemId, Quantity: Number(quantity) }] };
  const orderId = await call('CreateOrder', { lines });
  console.log(`order ${orderId} placed`);

  const order = await call('GetOrderWithLines', { orderId });
  console.log(`order ${order.Id}: ${order.Status}, ${order.Sum} ${order.Currency}`);
  for (const line of order.Lines.OrderLineDto) {
    console.log(`line ${line.ItemId}: ${line.Quantity} ordered, ${line.ReservedQuantity} reserved, ${line.UnitPrice} each`);
  }
} catch (error) {
  // A fault's code may have a prefix (s:ACCESS_DENIED), and its reason carries a language.
  const fault = error.root?.Envelope.Body.Fault;
  console.error(fault ? `${fault.faultcode.replace(/^.*:/, '')}: ${fault.faultstring.$value ?? fault.faultstring}` : `no answer: ${error.message}`);
  process.exitCode = 1;
}
