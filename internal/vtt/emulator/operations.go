package emulator

import "storefront/internal/vtt/portal"

// handler does one operation for an account that may. Its error is a *fault; everything that can fail has failed when it
// returns, so that what is left is writing the answer.
type handler func(*Server, call) (result, error)

// handlers is the table of operations. RemoveItem and SetOrderNote change things before their answer exists.
func handlers() map[portal.Op]handler {
	return map[portal.Op]handler{
		portal.GetItems:                         (*Server).getItems,
		portal.GetRuntimeItems:                  (*Server).getRuntimeItems,
		portal.GetItemPortion:                   (*Server).getItemPortion,
		portal.GetRuntimeItemsPortion:           (*Server).getRuntimeItemsPortion,
		portal.GetItem:                          (*Server).getItem,
		portal.GetRuntimeItem:                   (*Server).getRuntimeItem,
		portal.GetCategories:                    (*Server).getCategories,
		portal.GetCategoryItems:                 (*Server).getCategoryItems,
		portal.GetCategoryRuntimeItems:          (*Server).getCategoryRuntimeItems,
		portal.GetOrders:                        (*Server).getOrders,
		portal.GetOrderStatus:                   (*Server).getOrderStatus,
		portal.GetOrderWithLines:                (*Server).getOrderWithLines,
		portal.CreateOrder:                      (*Server).createOrder,
		portal.AddItem:                          (*Server).addItem,
		portal.RemoveItem:                       (*Server).removeItem,
		portal.SetOrderNote:                     (*Server).setOrderNote,
		portal.GetGoodsCompatibilityInformation: (*Server).getGoodsCompatibilityInformation,
		portal.GetUsdRubRate:                    (*Server).getUsdRubRate,
		portal.ExportInvoiceXml:                 (*Server).exportInvoiceXml,
		portal.GetRelatedItems:                  (*Server).getRelatedItems,
		portal.GetAdditionalAttributes:          (*Server).getAdditionalAttributes,
	}
}

func (s *Server) getUsdRubRate(call) (result, error) {
	rate := portal.UsdRubRateDto{Date: dateTime(rateDate(s.clock.Now())), Rate: portal.Text(s.market.goods().rate.String())}
	return func(e *encoder) { e.rate(&rate) }, nil
}

// required returns a parameter that must be there.
func (c call) required(name string) (string, error) {
	if v := c.args.scalars[name]; v.Filled() {
		return v.Text, nil
	}
	return "", misused("%s: параметр не задан.", name)
}
