-- The indexes of the original, those included that a key has already; those of pgvector want its type.
CREATE INDEX ON retail.categories (category_name);
CREATE INDEX ON retail.product_types (category_id);
CREATE INDEX ON retail.product_types (type_name);
CREATE INDEX ON retail.products (sku);
CREATE INDEX ON retail.products (category_id);
CREATE INDEX ON retail.products (type_id);
CREATE INDEX ON retail.products (base_price);
CREATE INDEX ON retail.products (cost);
CREATE INDEX ON retail.products (gross_margin_percent);
CREATE INDEX ON retail.products (category_id, type_id, product_id, sku, cost, base_price);
CREATE INDEX ON retail.products (sku, product_id, product_name, cost, base_price);
CREATE INDEX ON retail.product_image_embeddings (product_id);
CREATE INDEX ON retail.product_image_embeddings (image_url);
CREATE INDEX ON retail.inventory (store_id, product_id);
CREATE INDEX ON retail.inventory (product_id);
CREATE INDEX ON retail.inventory (store_id);
CREATE INDEX ON retail.stores (store_name);
CREATE INDEX ON retail.customers (email);
CREATE INDEX ON retail.customers (primary_store_id);
CREATE INDEX ON retail.orders (customer_id);
CREATE INDEX ON retail.orders (store_id);
CREATE INDEX ON retail.orders (order_date);
CREATE INDEX ON retail.orders (customer_id, order_date);
CREATE INDEX ON retail.orders (store_id, order_date);
CREATE INDEX ON retail.order_items (order_id);
CREATE INDEX ON retail.order_items (store_id);
CREATE INDEX ON retail.order_items (product_id);
CREATE INDEX ON retail.order_items (total_amount);
CREATE INDEX ON retail.order_items (order_id, store_id, product_id, total_amount, quantity);

-- + Words, as MongoDB's text index has them.
CREATE INDEX ON retail.products USING gin (words);

VACUUM ANALYZE;
