-- Which orders a group holds up: the events from where it has read up to.
create index events_place on events (topic, partition, "offset");
