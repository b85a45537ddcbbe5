//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/rmqproof/rmqproof/workload/agent"
)

// agentStop is how long open requests may go on when the agent is told to end.
const agentStop = 3 * time.Second

// newAgentCommand runs the workload inside the cluster.
func newAgentCommand() *cobra.Command {
	var listen, nameServers, data string
	c := &cobra.Command{
		Use: "agent", Short: "Run the workload's agent, inside the cluster under test", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			a, err := agent.New(data, nameServers)
			if err != nil {
				return exitError{exitUsage, err}
			}
			agent.Tune()
			return serve(cmd.Context(), listen, a.Handler(cmd.Context()))
		},
	}
	c.Flags().StringVar(&listen, "listen", ":8080", "where to serve the HTTP API")
	c.Flags().StringVar(&nameServers, "namesrv", "", "NameServers, host:port joined by semicolons")
	c.Flags().StringVar(&data, "data", "/data", "folder for operation logs; it should outlive the process")
	return c
}

func serve(ctx context.Context, listen string, h http.Handler) error {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", listen)
	if err != nil {
		return fmt.Errorf("listen on %s: %w", listen, err)
	}
	slog.SetDefault(slog.New(slog.NewTextHandler(os.Stderr, nil)))
	slog.Info("agent is listening", "address", l.Addr().String())
	server := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second}
	go func() {
		<-ctx.Done()
		closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), agentStop)
		defer cancel()
		if server.Shutdown(closing) != nil {
			_ = server.Close() // streams that follow a log do not end by themselves
		}
	}()
	if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve on %s: %w", listen, err)
	}
	return nil
}
