import { Component, type ReactNode } from 'react';
import { Button } from '../kit/button';
import { Empty } from '../kit/condition';

/** Keeps the rest alive when a page fails, or cannot be loaded because the balancer is another version by now. */
export class Catcher extends Component<{ children: ReactNode }, { error: Error | null }> {
  override state: { error: Error | null } = { error: null };

  static getDerivedStateFromError(error: unknown) {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (error === null) return this.props.children;
    return (
      <Empty
        title="This page failed"
        icon="warning"
        action={
          <Button look="primary" icon="refresh" onClick={() => location.reload()}>
            Load it again
          </Button>
        }
      >
        The balancer may have been updated while this was open. {error.message}
      </Empty>
    );
  }
}
