-- The tables, keys and indexes of the original project. What this data set has on top, and nobody could ask for
-- without it, is marked with a plus.
CREATE SCHEMA retail;

CREATE TABLE retail.stores (
    store_id SERIAL PRIMARY KEY,
    store_name TEXT UNIQUE NOT NULL,
    rls_user_id UUID NOT NULL,
    is_online BOOLEAN NOT NULL DEFAULT false,
    public_id TEXT UNIQUE NOT NULL -- +
);

CREATE TABLE retail.categories (
    category_id SERIAL PRIMARY KEY,
    category_name TEXT UNIQUE NOT NULL
);

CREATE TABLE retail.product_types (
    type_id SERIAL PRIMARY KEY,
    category_id INTEGER NOT NULL REFERENCES retail.categories,
    type_name TEXT NOT NULL
);

CREATE TABLE retail.products (
    product_id SERIAL PRIMARY KEY,
    sku TEXT UNIQUE NOT NULL,
    product_name TEXT NOT NULL,
    category_id INTEGER NOT NULL REFERENCES retail.categories,
    type_id INTEGER NOT NULL REFERENCES retail.product_types,
    cost NUMERIC(10, 2) NOT NULL,
    base_price NUMERIC(10, 2) NOT NULL,
    gross_margin_percent NUMERIC(5, 2) DEFAULT 33.00,
    product_description TEXT NOT NULL,
    public_id TEXT UNIQUE NOT NULL, -- +
    words TSVECTOR GENERATED ALWAYS AS ( -- +
        setweight(to_tsvector('english', product_name), 'A')
        || setweight(to_tsvector('english', product_description), 'D')
    ) STORED
);

-- Of pgvector's type there, vector(512) and vector(1536): arrays of the same numbers need no extension.
CREATE TABLE retail.product_image_embeddings (
    product_id INTEGER PRIMARY KEY REFERENCES retail.products,
    image_url TEXT NOT NULL,
    image_embedding REAL [],
    created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE retail.product_description_embeddings (
    product_id INTEGER PRIMARY KEY REFERENCES retail.products,
    description_embedding REAL [],
    created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE retail.customers (
    customer_id SERIAL PRIMARY KEY,
    first_name TEXT NOT NULL,
    last_name TEXT NOT NULL,
    email TEXT UNIQUE NOT NULL,
    phone TEXT,
    primary_store_id INTEGER REFERENCES retail.stores,
    created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
    public_id TEXT UNIQUE NOT NULL -- +
);

CREATE TABLE retail.inventory (
    store_id INTEGER NOT NULL REFERENCES retail.stores,
    product_id INTEGER NOT NULL REFERENCES retail.products,
    stock_level INTEGER NOT NULL,
    aisle TEXT, -- +
    shelf TEXT, -- +
    bin TEXT, -- +
    reorder_threshold INTEGER, -- +
    PRIMARY KEY (store_id, product_id)
);

CREATE TABLE retail.orders (
    order_id SERIAL PRIMARY KEY,
    customer_id INTEGER NOT NULL REFERENCES retail.customers,
    store_id INTEGER NOT NULL REFERENCES retail.stores,
    order_date TIMESTAMPTZ NOT NULL, -- + a day there, without the time
    public_id TEXT UNIQUE NOT NULL, -- +
    status TEXT NOT NULL, -- +
    subtotal NUMERIC(10, 2) NOT NULL, -- +
    discount_total NUMERIC(10, 2) NOT NULL, -- +
    tax NUMERIC(10, 2) NOT NULL, -- +
    total NUMERIC(10, 2) NOT NULL -- +
);

CREATE TABLE retail.order_items (
    order_item_id SERIAL PRIMARY KEY,
    order_id INTEGER NOT NULL REFERENCES retail.orders,
    store_id INTEGER NOT NULL REFERENCES retail.stores,
    product_id INTEGER NOT NULL REFERENCES retail.products,
    quantity INTEGER NOT NULL,
    unit_price NUMERIC(10, 2) NOT NULL,
    discount_percent INTEGER DEFAULT 0,
    discount_amount NUMERIC(10, 2) DEFAULT 0,
    total_amount NUMERIC(10, 2) NOT NULL
);
