import { useState } from 'react';
import { ALGORITHM_NAMES } from '../../../../src/common/contract/algorithms';
import { call, problemAt } from '../../api/api';
import { invalidate } from '../../api/query';
import { navigate } from '../../app/router';
import { Input, Select } from '../../kit/field';
import { FormDialog } from '../../kit/form-dialog';
import { toast } from '../../kit/toast';
import { servicePath } from '../page-paths';

/** A service with what every one needs; the rest has defaults, and can be set in the configuration. */
export function AddServiceDialog({ onClose }: { onClose: () => void }) {
  const [algorithm, setAlgorithm] = useState<string>(ALGORITHM_NAMES[0]);
  const send = async (form: FormData) => {
    const body = definitionOf(form);
    await call('POST', '/api/v1/services', { body });
    invalidate('/api/v1/services');
    toast(`${body.name} serves as soon as a backend has passed its first probe.`);
    onClose();
    navigate(servicePath(body.name));
  };
  return (
    <FormDialog title="Add a service" verb="Add" send={send} onClose={onClose}>
      {(error) => (
        <>
          <Input label="Name" name="name" required autoFocus error={problemAt(error, 'name')} />
          <Input
            label="Hosts"
            name="hosts"
            hint="Separated by spaces, such as shop.example.com *.shop.example.com. Empty: any host."
            error={problemAt(error, 'hosts')}
          />
          <Input
            label="Paths"
            name="paths"
            hint="Separated by spaces. Empty: every path."
            error={problemAt(error, 'paths')}
          />
          <Select
            label="Algorithm"
            name="algorithm"
            value={algorithm}
            error={problemAt(error, 'algorithm')}
            onChange={(event) => setAlgorithm(event.target.value)}
          >
            {ALGORITHM_NAMES.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </Select>
          {algorithm === 'header-hash' && (
            <Input
              label="Header"
              name="header"
              required
              placeholder="X-User"
              hint="Requests with the same value go to the same backend."
              error={problemAt(error, 'algorithm.header')}
            />
          )}
          <Input
            label="Backends"
            name="backends"
            required
            placeholder="http://10.0.0.7:8080"
            hint="URLs, separated by spaces."
            error={problemAt(error, 'backends')}
          />
        </>
      )}
    </FormDialog>
  );
}

function definitionOf(form: FormData) {
  const text = (name: string) => String(form.get(name) ?? '').trim();
  const words = (name: string) =>
    text(name)
      .split(/[\s,]+/)
      .filter(Boolean);
  const [hosts, paths] = [words('hosts'), words('paths')];
  const [algorithm, header] = [text('algorithm'), text('header')];
  return {
    name: text('name'),
    algorithm: header === '' ? algorithm : { name: algorithm, header },
    backends: words('backends'),
    ...(hosts.length > 0 ? { hosts } : {}),
    ...(paths.length > 0 ? { paths } : {}),
  };
}
