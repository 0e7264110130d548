package cluster

import "context"

func (s *startup) prepareNode(context.Context) error { return nil }
func (s *startup) startNode(context.Context) error   { return nil }
