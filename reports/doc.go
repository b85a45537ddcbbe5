// Package reports turns a judged history into what people and machines read: verdict.json, summary.md,
// junit.xml, and a timeline as a self-contained page and as a picture. It draws and words; it judges nothing.
package reports
