CREATE TABLE shop_more (id int);
