// Package pods has the faults that delete pods and leave it to their controllers to replace them.
package pods
