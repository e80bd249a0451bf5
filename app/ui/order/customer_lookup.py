"""The search for the customer of an order, while one types."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from app.data.selling.customer_directory import CustomerDirectory, CustomersFound
from app.data.selling.customers import CustomerRepository
from app.ui.core.actions import Actions

_MOST = 6


class CustomerLookup(QObject):
    """Looks for customers; `found` answers `text`, and is None before the first answer.

    The lookup follows the directory from the first letter until `stop`, and reads the store itself
    until the directory has loaded all customers; `failed` carries a UserError.
    """

    changed = Signal()
    failed = Signal(object)

    def __init__(
        self,
        customers: CustomerRepository,
        directory: CustomerDirectory,
        store_id: str,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._customers = customers
        self._directory = directory
        self._store_id = store_id
        self._asked = ""
        self._unlisten: Callable[[], None] | None = None
        self._reads = Actions(self)
        self._reads.failed.connect(self.failed)
        self.text = ""
        self.found: CustomersFound | None = None

    def find(self, text: str) -> None:
        """Look for customers by name, e-mail or phone; an empty text looks for nobody."""
        self._asked = text
        if not text.strip():
            self._show(text, None)
            return
        if self._unlisten is None:
            self._unlisten = self._directory.on_changed(lambda: self.find(self._asked))
            self._directory.open()
        if self._directory.ready:
            self._show(text, self._directory.search(text, _MOST))
        else:
            self._reads.add(lambda: self._read(text))

    def stop(self) -> None:
        """Stop following; what is found stays."""
        if self._unlisten is not None:
            self._unlisten()
            self._unlisten = None
            self._directory.close()

    async def _read(self, text: str) -> None:
        if text != self._asked:
            return
        found = tuple(await self._customers.find(self._store_id, text, _MOST))
        if text == self._asked and not self._directory.ready:
            self._show(text, CustomersFound(found, len(found)))

    def _show(self, text: str, found: CustomersFound | None) -> None:
        self.text, self.found = text, found
        self.changed.emit()
