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
  // Resumes a submit that was cut off. If it fails, the text is still there and can be sent by hand.
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
