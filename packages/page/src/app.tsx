import { render } from 'preact';
import { useEffect } from 'preact/hooks';
import { Compose } from './compose/compose';
import { Deck } from './deck/deck';
import { Header } from './frame/header';
import { KeyForm } from './account/key-form';
import { shownJob } from './frame/route';
import { resumeSubmit } from './compose/submit';

function Page() {
  const id = shownJob.use();
  // A submit that was cut off goes on. What it fails of shows when it is tried again by hand: the text is still there.
  useEffect(() => void resumeSubmit().catch(() => undefined), []);
  return (
    <>
      <Header />
      <KeyForm />
      {id === undefined ? <Compose /> : <Deck key={id} id={id} />}
    </>
  );
}

const page = document.getElementById('page');
if (page) render(<Page />, page);
