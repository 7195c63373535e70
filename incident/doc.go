// Package incident groups alarms: an incident opens after one or several alarms, has one
// identity while it lasts, and closes after rows or time without an alarm. It is pure
// state: rows of one shard go in, in order, and what each row gets comes out. Nothing in it
// reads a clock or draws a number, so the same rows give the same incidents.
package incident
