"""The screens for people who sell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.config.screens.parts import Parts
from app.ui.core.screen import Route, Screen

if TYPE_CHECKING:
    from app.domain.customers import Customer
    from app.domain.orders import Order
    from app.ui.order.screen import OrderScreen


def routes(parts: Parts) -> tuple[Route, ...]:
    """The routes of Order, Orders, Catalogue and Customers."""
    return (
        Route("order", "Order", "shopping_cart", "Alt+O", lambda: order(parts)),
        Route("orders", "Orders", "receipt", "Alt+R", lambda: orders(parts)),
        Route("catalogue", "Catalogue", "category", "Alt+C", lambda: catalogue(parts)),
        Route("customers", "Customers", "person", "Alt+U", lambda: customers(parts)),
    )


# The start waits for none of the modules that are imported from here on.


def order(parts: Parts) -> Screen:
    """The Order screen: the open cart, and those that are parked."""
    from app.ui.customers.draft import DraftViewModel
    from app.ui.order.customer_lookup import CustomerLookup
    from app.ui.order.screen import OrderScreen
    from app.ui.order.view_model import OrderViewModel

    data = parts.repositories
    view_model = OrderViewModel(
        data.catalogue,
        data.stock,
        data.carts,
        data.orders,
        parts.actor,
        parts.store,
        {one.store_id: one for one in parts.stores},
        parts.conventions,
    )
    lookup = CustomerLookup(data.customers, data.customer_directory, data.store_id)
    draft = DraftViewModel(data.customers, data.customer_directory, parts.store, parts.actor)
    return OrderScreen(view_model, lookup, draft, data.catalogue, parts.appearance, parts.approving)


def orders(parts: Parts) -> Screen:
    """The Orders screen: what was sold in the stores that this device holds."""
    from app.ui.orders.filter_view_model import FilterViewModel
    from app.ui.orders.screen import OrdersScreen
    from app.ui.orders.view_model import OrdersViewModel

    data = parts.repositories
    filters = FilterViewModel(data.customers, parts.held, parts.actor, parts.days)
    view_model = OrdersViewModel(data.orders, data.order_list, filters, parts.actor)
    return OrdersScreen(view_model, parts.appearance, parts.approving)


def catalogue(parts: Parts) -> Screen:
    """The Catalogue screen: all products, with pictures."""
    from app.ui.catalogue.screen import CatalogueScreen
    from app.ui.catalogue.view_model import CatalogueViewModel
    from app.ui.core.pictures import Pictures

    def sell(product_id: str, by: int) -> None:
        _order(parts).view_model.sell(product_id, by)

    data = parts.repositories
    view_model = CatalogueViewModel(data.catalogue, data.stock, data.carts, data.store_id, sell)
    return CatalogueScreen(view_model, parts.appearance, Pictures(parts.pictures), parts.ways)


def customers(parts: Parts) -> Screen:
    """The Customers screen: the customers of the store."""
    from app.ui.customers.screen import CustomersScreen
    from app.ui.customers.view_model import CustomersViewModel

    def order_for(customer: Customer) -> None:
        _order(parts).view_model.sell_to(customer)
        parts.go("order").focus_first()

    def show(order: Order) -> None:
        from app.ui.orders.screen import OrdersScreen

        customer = view_model.state.chosen
        screen = parts.shown(OrdersScreen, "orders")
        if screen is None:
            return
        if customer is not None:
            screen.show_customer(customer)
        screen.view_model.open(order)

    data = parts.repositories
    view_model = CustomersViewModel(
        data.customers,
        data.customer_directory,
        data.purchases,
        data.merging,
        data.forgetting,
        parts.store,
        parts.actor,
    )

    def holds_all() -> bool:
        return len(parts.held()) == len(parts.stores) and parts.sync.holds_all_days

    screen = CustomersScreen(view_model, parts.appearance, holds_all, parts.approving)
    screen.order_asked.connect(order_for)
    screen.card.orders.opened.connect(show)
    return screen


def _order(parts: Parts) -> OrderScreen:
    from app.ui.order.screen import OrderScreen

    return parts.made(OrderScreen, "order")
